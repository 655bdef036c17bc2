package dev.polyak.train;

import dev.polyak.ParameterStore;

/**
 * Passes training data through a model, which updates its BatchNorm statistics. See
 * {@link AveragingHandler#updateBatchNorm(DataPasses)}.
 *
 * @param <E> what the passes throw
 */
@FunctionalInterface
public interface DataPasses<E extends Exception> {
    /**
     * Passes the data forward, in training mode, without a step of the optimizer.
     *
     * @param model the model's own memory, which holds the average for the time being; statistics may be written to
     *     this store, which the model's own store refuses meanwhile
     * @throws E if that fails
     */
    void run(ParameterStore model) throws E;
}
