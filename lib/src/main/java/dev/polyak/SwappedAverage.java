package dev.polyak;

import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.offload.AverageGroup;
import dev.polyak.internal.store.ModelSwap;

/**
 * The time during which an average is in its model's place, for try-with-resources. See
 * {@link ParameterAverage#swap()}.
 *
 * <p>Meanwhile {@link #model()} and {@link #average} tell where the numbers are that a checkpoint needs.
 */
public final class SwappedAverage implements AutoCloseable {
    private final AverageGroup group;
    private final ModelSwap swap;

    /** The scope of a swap that has begun. */
    SwappedAverage(AverageGroup group, ModelSwap swap) {
        this.group = group;
        this.swap = swap;
    }

    /**
     * The model's own numbers, wherever they are meanwhile.
     *
     * @return a store of the model's layout, good until this scope is closed; closing it does nothing
     * @throws IllegalStateException if the scope is closed
     */
    public ParameterStore model() {
        requireOpen();
        return swap.model();
    }

    /**
     * The numbers of one of the averages, as they are kept: not debiased, and in their own types.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return a store of the average's layout, good until this scope is closed; closing it does nothing
     * @throws IndexOutOfBoundsException if there is no such average
     * @throws IllegalStateException if the scope is closed
     */
    public ParameterStore average(int which) {
        requireOpen();
        return swap.numbersOf(group.memory().get(which));
    }

    /**
     * Brings the model's numbers back, bit for bit. A second call does nothing.
     *
     * @throws MemoryLostException if the model's memory is gone. If that is a GPU's and the numbers are parked in host
     *     memory, they stay there, {@link #model()} has them, and this can be closed again, for a GPU that failed for
     *     the moment
     * @throws CudaException if a GPU fails before anything was brought back: nothing is lost then, and this can be
     *     closed again
     */
    @Override
    public void close() {
        if (!swap.isOver()) {
            group.endSwap(swap);
        }
    }

    private void requireOpen() {
        if (swap.isOver()) {
            throw new IllegalStateException("the swap has ended: model and average are in their own places again");
        }
    }
}
