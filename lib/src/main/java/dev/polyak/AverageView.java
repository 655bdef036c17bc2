package dev.polyak;

import dev.polyak.internal.offload.AverageGroup;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.rule.AverageRule;

/**
 * One of the averages that share each reading of a model: see {@link ParameterAverage#average}. What is said of
 * {@link ParameterAverage}'s methods of the same names is true here.
 */
public final class AverageView {
    private final AverageGroup group;
    private final int which;

    AverageView(AverageGroup group, int which) {
        this.group = group;
        this.which = which;
    }

    /**
     * The numbers as they are kept: not debiased.
     *
     * @return the average's own store, to be read, saved or evaluated; it lives as long as the average, and closing it
     *     does nothing
     * @throws IllegalStateException if the average is closed, torn or swapped in (its memory then holds the model's
     *     numbers)
     */
    public ParameterStore store() {
        return group.store(which);
    }

    /**
     * A copy of the numbers, {@linkplain AverageRule#debiasing debiased}.
     *
     * @return a store of its own, to be closed by the caller
     * @throws IllegalStateException if the average is closed, torn or swapped in
     * @throws OutOfMemoryError if there is no memory for the copy
     */
    public ParameterStore value() {
        return group.value(which);
    }

    /**
     * Exchanges the average and the model, as {@link ParameterAverage#swap()} does.
     *
     * @return the scope; its {@code close()} brings the model's numbers back, bit for bit
     * @throws IllegalStateException if the average is closed, torn or already swapped in, or another average is in the
     *     model's place
     * @throws UnsupportedOperationException if the model's store is read-only
     * @throws OutOfMemoryError if there is no memory to park the model's numbers in; nothing has changed then
     */
    public SwappedAverage swap() {
        return new SwappedAverage(group, group.beginSwap(which));
    }

    /**
     * How the average is made.
     *
     * @return the rule
     */
    public AverageRule rule() {
        return group.plans().get(which).rule();
    }

    /**
     * How far the average has come.
     *
     * @return the counters, to be saved with the {@linkplain #store() numbers}
     * @throws IllegalStateException as {@link ParameterAverage#counters()}
     */
    public AverageCounters counters() {
        return group.counters(which);
    }

    /** The average's memory, whatever is in it. */
    MemoryStore memory() {
        return group.memory().get(which);
    }
}
