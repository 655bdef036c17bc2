package dev.polyak.train;

import dev.polyak.SwappedAverage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The time of an evaluation, for try-with-resources, during which the average is in the model's place. See
 * {@link AveragingHandler#evaluation()}.
 */
public final class Evaluation implements AutoCloseable {
    private final Consumer<Evaluation> whenEnded;
    private final @Nullable SwappedAverage swapped;

    Evaluation(Consumer<Evaluation> whenEnded, @Nullable SwappedAverage swapped) {
        this.whenEnded = whenEnded;
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
     * @throws dev.polyak.error.MemoryLostException if the model's memory is gone
     */
    @Override
    public void close() {
        whenEnded.accept(this);
        if (swapped != null) {
            swapped.close();
        }
    }

    @Nullable
    SwappedAverage swapped() {
        return swapped;
    }
}
