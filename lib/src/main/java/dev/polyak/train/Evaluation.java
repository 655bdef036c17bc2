package dev.polyak.train;

import dev.polyak.SwappedAverage;
import org.jspecify.annotations.Nullable;

/**
 * The time of an evaluation, for try-with-resources, during which the average is in the model's place. See
 * {@link AveragingHandler#evaluation()}.
 */
public final class Evaluation implements AutoCloseable {
    private final AveragingHandler handler;
    private final @Nullable SwappedAverage swapped;

    Evaluation(AveragingHandler handler, @Nullable SwappedAverage swapped) {
        this.handler = handler;
        this.swapped = swapped;
    }

    /**
     * Whether the model's store holds the average.
     *
     * @return false if the average was not swapped in since it has never been updated
     */
    public boolean isSwapped() {
        return swapped != null;
    }

    /**
     * Ends the evaluation: the model's own numbers come back, bit for bit. A second call does nothing.
     *
     * @throws dev.polyak.MemoryLostException if the model's memory is gone
     */
    @Override
    public void close() {
        handler.ended(this);
        if (swapped != null) {
            swapped.close();
        }
    }

    @Nullable
    SwappedAverage swapped() {
        return swapped;
    }
}
