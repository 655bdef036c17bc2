package dev.polyak.offload;

import static java.util.Objects.requireNonNull;

import dev.polyak.tensor.NamePattern;
import java.util.List;
import java.util.Objects;

/**
 * How an average that is {@linkplain dev.polyak.AverageBuilder#device kept on another device} follows its model, and
 * what that costs. Immutable: each {@code with} method returns another one.
 *
 * <pre>{@code
 * Offload offload = Offload.GATED.withStagings(2).with(Offload.WhenBusy.SKIP);
 * }</pre>
 */
public final class Offload {

    /** How the model's numbers are read while training goes on. */
    public enum Mode {
        /**
         * They are copied off the device beside the next forward and backward pass, and what writes to them waits at
         * the {@linkplain dev.polyak.UpdateTicket#gate gate}. Takes no memory of the device.
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

    private final Mode mode;
    private final int stagings;
    private final WhenBusy whenBusy;
    private final List<NamePattern> changing;

    private Offload(Mode mode, int stagings, WhenBusy whenBusy, List<NamePattern> changing) {
        this.mode = mode;
        this.stagings = stagings;
        this.whenBusy = whenBusy;
        this.changing = changing;
    }

    /**
     * How the model's numbers are read while training goes on.
     *
     * @return the mode
     */
    public Mode mode() {
        return mode;
    }

    /**
     * How many updates may be under way at once. Each has a staging as large as the model, in its types: pinned host
     * memory if the average is on the CPU. With one, copying and averaging alternate; with two, the next copy overlaps
     * the averaging.
     *
     * @return the number, at least 1
     */
    public int stagings() {
        return stagings;
    }

    /**
     * What happens to an update for which no staging is free.
     *
     * @return whether it waits or is left out
     */
    public WhenBusy whenBusy() {
        return whenBusy;
    }

    /**
     * Tensors that change in forward passes, beside all buffers: these are copied on the training stream itself.
     *
     * @return patterns for their names; unmodifiable
     */
    public List<NamePattern> changing() {
        return changing;
    }

    /**
     * With another mode.
     *
     * @param other how the model's numbers are read
     * @return such an offload
     */
    public Offload with(Mode other) {
        requireNonNull(other, "other");
        return new Offload(other, stagings, whenBusy, changing);
    }

    /**
     * With another number of stagings.
     *
     * @param number at least 1
     * @return such an offload
     * @throws IllegalArgumentException if there is no staging
     */
    public Offload withStagings(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("an average needs at least 1 staging, not " + number);
        }
        return new Offload(mode, number, whenBusy, changing);
    }

    /**
     * With another way to handle updates for which no staging is free.
     *
     * @param other what happens to them
     * @return such an offload
     */
    public Offload with(WhenBusy other) {
        requireNonNull(other, "other");
        return new Offload(mode, stagings, other, changing);
    }

    /**
     * With tensors that change in forward passes although they are no buffers (spectral norms, fp8 scales).
     *
     * @param names patterns for their names
     * @return such an offload
     */
    public Offload withChanging(List<NamePattern> names) {
        requireNonNull(names, "names");
        return new Offload(mode, stagings, whenBusy, List.copyOf(names));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Offload that
                && mode == that.mode
                && stagings == that.stagings
                && whenBusy == that.whenBusy
                && changing.equals(that.changing);
    }

    @Override
    public int hashCode() {
        return Objects.hash(mode, stagings, whenBusy, changing);
    }

    @Override
    public String toString() {
        return "Offload[mode=" + mode + ", stagings=" + stagings + ", whenBusy=" + whenBusy + ", changing=" + changing
                + "]";
    }
}
