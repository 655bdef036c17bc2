package dev.polyak;

import java.util.List;

/**
 * How an average that is {@linkplain ParameterAverage.Builder#keptOn kept on another device} follows its model, and
 * what that costs. Immutable.
 *
 * @param mode how the model's numbers are read while training goes on
 * @param stagings how many updates may be under way at once, at least 1. Each has a staging as large as the model, in
 *     its types: pinned host memory if the average is on the CPU. With one, copying and averaging alternate; with two,
 *     the next copy overlaps the averaging
 * @param whenBusy what happens to an update for which no staging is free
 * @param ringPieces how many pieces of pinned memory take the place of a staging; 0: none do. A ring needs little
 *     memory, but its copies end only when all but the last pieces are averaged: {@link UpdateTicket#gate} waits for
 *     that on the host, and an update that fails half-way leaves the average torn, unless there is a backup
 * @param ringPieceBytes size of such a piece
 * @param backup whether a second average is kept, from which a ring's average is restored after a failure: as many
 *     bytes as the average has, and reading and writing it once more at each update
 * @param changing tensors that change in forward passes, beside all buffers: these are copied on the training stream
 *     itself
 */
public record Offload(
        Mode mode,
        int stagings,
        WhenBusy whenBusy,
        int ringPieces,
        long ringPieceBytes,
        boolean backup,
        List<NamePattern> changing) {

    /** How the model's numbers are read while training goes on. */
    public enum Mode {
        /**
         * They are copied off the device beside the next forward and backward pass, and what writes to them waits at
         * the {@linkplain UpdateTicket#gate gate}. Takes no memory of the device.
         */
        GATED,
        /**
         * They are copied on the device first, which takes as much of its memory as the model has; the gate opens when
         * that is done. For optimizers that step inside the backward pass.
         */
        SNAPSHOT,
        /** The update returns when they are copied. */
        BLOCKING
    }

    /** What happens to an update for which no staging is free. */
    public enum WhenBusy {
        /** The caller waits, and the time is counted. */
        WAIT,
        /**
         * It is left out and counted. A rule given by its half-life makes up for it at the next update: the decay is
         * raised to the number of updates that it stands for.
         */
        SKIP
    }

    /** Gated, with one staging, and waiting for it. */
    public static final Offload GATED = new Offload(Mode.GATED, 1, WhenBusy.WAIT, 0, 0, false, List.of());

    /**
     * Checks the components.
     *
     * @param mode how the model's numbers are read
     * @param stagings how many updates may be under way
     * @param whenBusy what happens to an update for which no staging is free
     * @param ringPieces pieces of a ring
     * @param ringPieceBytes size of such a piece
     * @param backup whether a second average is kept
     * @param changing tensors that change in forward passes
     * @throws IllegalArgumentException if a number is out of its range, or two components do not go together
     */
    public Offload {
        if (stagings < 1) {
            throw new IllegalArgumentException("an average needs at least 1 staging, not " + stagings);
        }
        if (ringPieces != 0 && (ringPieces < 2 || ringPieceBytes < 4096)) {
            throw new IllegalArgumentException(
                    "a ring has at least 2 pieces of 4096 bytes, not " + ringPieces + " of " + ringPieceBytes);
        }
        if (ringPieces != 0 && (stagings != 1 || mode == Mode.SNAPSHOT)) {
            throw new IllegalArgumentException("a ring takes the place of the one staging, and needs no snapshot");
        }
        if (backup && ringPieces == 0) {
            throw new IllegalArgumentException(
                    "a backup is for a ring: with a staging a failed update leaves the average as it was");
        }
        changing = List.copyOf(changing);
    }

    /**
     * With another mode.
     *
     * @param other how the model's numbers are read
     * @return such an offload
     */
    public Offload with(Mode other) {
        return new Offload(other, stagings, whenBusy, ringPieces, ringPieceBytes, backup, changing);
    }

    /**
     * With another number of stagings.
     *
     * @param number at least 1
     * @return such an offload
     */
    public Offload withStagings(int number) {
        return new Offload(mode, number, whenBusy, ringPieces, ringPieceBytes, backup, changing);
    }

    /**
     * With another way to handle updates for which no staging is free.
     *
     * @param other what happens to them
     * @return such an offload
     */
    public Offload with(WhenBusy other) {
        return new Offload(mode, stagings, other, ringPieces, ringPieceBytes, backup, changing);
    }

    /**
     * With a ring of pinned pieces instead of a staging. Only for a model on a GPU and an average on the CPU;
     * infinities and NaNs can be left element by element, but not looked for beforehand.
     *
     * @param pieces how many, at least 2
     * @param bytes size of each, at least 4096; some megabytes keep the link busy
     * @param withBackup whether a second average is kept for failures
     * @return such an offload
     */
    public Offload withRing(int pieces, long bytes, boolean withBackup) {
        return new Offload(mode, stagings, whenBusy, pieces, bytes, withBackup, changing);
    }

    /**
     * With tensors that change in forward passes although they are no buffers (spectral norms, fp8 scales).
     *
     * @param names patterns for their names
     * @return such an offload
     */
    public Offload withChanging(List<NamePattern> names) {
        return new Offload(mode, stagings, whenBusy, ringPieces, ringPieceBytes, backup, names);
    }

    /** Whether a tensor changes in forward passes. */
    boolean isChanging(TensorSpec tensor) {
        return tensor.role() == Role.BUFFER || changing.stream().anyMatch(pattern -> pattern.matches(tensor.name()));
    }
}
