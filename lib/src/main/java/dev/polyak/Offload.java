package dev.polyak;

import dev.polyak.tensor.NamePattern;
import java.util.List;

/**
 * How an average that is {@linkplain AverageBuilder#device kept on another device} follows its model, and what that
 * costs. Immutable.
 *
 * @param mode how the model's numbers are read while training goes on
 * @param stagings how many updates may be under way at once, at least 1. Each has a staging as large as the model, in
 *     its types: pinned host memory if the average is on the CPU. With one, copying and averaging alternate; with two,
 *     the next copy overlaps the averaging
 * @param whenBusy what happens to an update for which no staging is free
 * @param changing tensors that change in forward passes, beside all buffers: these are copied on the training stream
 *     itself
 */
public record Offload(Mode mode, int stagings, WhenBusy whenBusy, List<NamePattern> changing) {

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
    public static final Offload GATED = new Offload(Mode.GATED, 1, WhenBusy.WAIT, List.of());

    /**
     * Checks the components.
     *
     * @param mode how the model's numbers are read
     * @param stagings how many updates may be under way
     * @param whenBusy what happens to an update for which no staging is free
     * @param changing tensors that change in forward passes
     * @throws IllegalArgumentException if there is no staging
     */
    public Offload {
        if (stagings < 1) {
            throw new IllegalArgumentException("an average needs at least 1 staging, not " + stagings);
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
        return new Offload(other, stagings, whenBusy, changing);
    }

    /**
     * With another number of stagings.
     *
     * @param number at least 1
     * @return such an offload
     */
    public Offload withStagings(int number) {
        return new Offload(mode, number, whenBusy, changing);
    }

    /**
     * With another way to handle updates for which no staging is free.
     *
     * @param other what happens to them
     * @return such an offload
     */
    public Offload with(WhenBusy other) {
        return new Offload(mode, stagings, other, changing);
    }

    /**
     * With tensors that change in forward passes although they are no buffers (spectral norms, fp8 scales).
     *
     * @param names patterns for their names
     * @return such an offload
     */
    public Offload withChanging(List<NamePattern> names) {
        return new Offload(mode, stagings, whenBusy, names);
    }
}
