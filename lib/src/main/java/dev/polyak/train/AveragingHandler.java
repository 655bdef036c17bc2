package dev.polyak.train;

import dev.polyak.AverageView;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.SwappedAverage;
import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedule;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps averages of a model in any training loop, which tells it of its events.
 *
 * <pre>{@code
 * try (var ema = AveragingHandler.builder(model, rule).beginEpoch(5).build()) {
 *     for (...) { // epochs
 *         for (...) { // micro-batches
 *             forwardAndBackward(model);
 *             if (gradientsAreComplete) {
 *                 ema.optimizerStepping();
 *                 optimizer.step();
 *             }
 *             ema.iterationCompleted();
 *         }
 *         ema.epochCompleted();
 *         try (var evaluation = ema.evaluation()) {
 *             evaluate(model); // with the average, which leaves again whatever happens
 *         }
 *         save(ema.checkpointSaving(), ema.modelStore(), ema.averageStore());
 *     }
 * }
 * }</pre>
 *
 * <p>An iteration is an optimizer step: {@link #iterationCompleted()} without {@link #optimizerStepping()} since the
 * one before is a micro-batch of gradient accumulation, and does nothing. Until the average
 * {@linkplain AveragingHandlerBuilder#beginIteration begins} it is a copy of the model; from then on it is updated at
 * those events that {@linkplain AveragingHandlerBuilder#filter fire}. Events count whatever becomes of the update: if
 * it throws (see {@link ParameterAverage#update()}), the average is as it was and the loop may go on.
 *
 * <p>For one thread at a time. An event in steady state allocates nothing on the Java heap.
 */
public final class AveragingHandler implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger("dev.polyak");

    private final ParameterAverage average;
    private final HandlerSettings settings;
    private final Momenta momenta;
    private long iteration;
    private long epoch;
    private long firings;
    private boolean begun;
    private boolean stepping;
    private boolean everStepped;
    private boolean anyIteration;
    private boolean saidInitial;
    private @Nullable Evaluation evaluation;
    /** The update that may still be reading the model. */
    private UpdateTicket latest = UpdateTicket.DONE;

    AveragingHandler(HandlerSettings settings, ParameterAverage average) {
        this.settings = settings;
        this.average = average;
        momenta = new Momenta(average.rules());
        firings = average.counters().calls();
        begun = firings > 0;
    }

    /**
     * Begins a handler with averages of its own, in the model's types.
     *
     * @param model the store whose numbers the loop trains
     * @param rules how they are averaged; an average for each
     * @return a builder
     * @throws IllegalArgumentException if there is no rule
     */
    public static AveragingHandlerBuilder builder(ParameterStore model, AverageRule... rules) {
        return new AveragingHandlerBuilder(model, rules);
    }

    /**
     * Begins a handler with an average of its own under the usual rule, in the model's types.
     *
     * @param model the store whose numbers the loop trains
     * @param schedule the weight of each update
     * @return a builder
     */
    public static AveragingHandlerBuilder builder(ParameterStore model, Schedule schedule) {
        return builder(model, ScheduledRule.of(schedule));
    }

    /**
     * Begins a handler that takes over averages which are there already: built with settings of their own, such as
     * {@code dtype}, or resumed from a file. What has been called before is never replaced by a copy of the model,
     * wherever the handler is to begin; {@link #checkpointLoaded} tells it how far the training has come.
     *
     * @param average the averages, from now on the handler's, which closes them
     * @return a builder
     */
    public static AveragingHandlerBuilder builder(ParameterAverage average) {
        return new AveragingHandlerBuilder(average);
    }

    /**
     * The loop is about to do what writes to the parameters: an optimizer step, usually. When this returns, it may.
     *
     * <p>Averages that read the model while training goes on have to finish that before it is written to, so call this
     * right before the step, at each of several optimizers, and before anything else that writes: clipping, loading.
     * {@link #iterationCompleted()} without a stream reads the model itself, so that there is nothing to wait for.
     *
     * @throws IllegalStateException if an evaluation has not ended, or the thread is interrupted
     */
    public void optimizerStepping() {
        stepping();
        try {
            latest.gate();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the thread was interrupted while an average was reading the model", e);
        }
    }

    /**
     * What writes to the parameters is about to be enqueued on a stream: that waits, not this thread.
     *
     * @param stream the stream of the optimizer step
     * @throws IllegalStateException if an evaluation has not ended
     * @throws dev.polyak.error.CudaException if the GPU fails
     */
    public void optimizerStepping(CudaStream stream) {
        Objects.requireNonNull(stream, "stream");
        stepping();
        latest.gate(stream);
    }

    private void stepping() {
        requireTraining();
        stepping = true;
        everStepped = true;
    }

    /**
     * An iteration has ended, with an optimizer step or, in gradient accumulation, without.
     *
     * @throws IllegalStateException if an evaluation has not ended, or the average cannot be updated
     * @throws dev.polyak.error.NonFiniteException as {@link ParameterAverage#update()} says
     * @throws dev.polyak.error.MemoryLostException as {@link ParameterAverage#update()} says
     */
    public void iterationCompleted() {
        completeIteration(null);
    }

    /**
     * An iteration has been enqueued on a stream, with an optimizer step or without. What an average on another device
     * reads of the model is read while the next forward and backward pass are under way; before the next optimizer
     * step, {@link #optimizerStepping(CudaStream)} makes it wait for that.
     *
     * @param stream the stream that trains, of the model's GPU
     * @throws IllegalArgumentException if the model is not on the stream's GPU
     * @throws IllegalStateException as {@link ParameterAverage#update(CudaStream)} says, or if an evaluation goes on
     * @throws dev.polyak.error.UpdateFailedException as {@link ParameterAverage#update(CudaStream)} says
     * @throws dev.polyak.error.CudaException if the GPU fails
     */
    public void iterationCompleted(CudaStream stream) {
        Objects.requireNonNull(stream, "stream");
        completeIteration(stream);
    }

    private void completeIteration(@Nullable CudaStream stream) {
        requireTraining();
        anyIteration = true;
        if (!stepping && !settings.everyIterationSteps()) {
            return;
        }
        stepping = false;
        iteration++;
        if (!settings.filter().isAtEpochs()) {
            completed(iteration, epoch + 1, stream);
        }
    }

    /**
     * An epoch has ended. Comes after the epoch's last {@link #iterationCompleted()}.
     *
     * @throws IllegalStateException if an evaluation has not ended, the average cannot be updated, or no iteration had
     *     an optimizer step
     * @throws dev.polyak.error.NonFiniteException as {@link ParameterAverage#update()} says
     * @throws dev.polyak.error.MemoryLostException as {@link ParameterAverage#update()} says
     */
    public void epochCompleted() {
        requireTraining();
        if (anyIteration && !everStepped && !settings.everyIterationSteps()) {
            throw new IllegalStateException(
                    "an epoch has ended without an optimizer step, so nothing was averaged: call"
                            + " optimizerStepping() before each, or build the handler with everyIterationSteps()");
        }
        epoch++;
        if (settings.filter().isAtEpochs()) {
            completed(epoch, epoch, null);
        }
    }

    /**
     * An evaluation begins: the (first) average takes the model's place, unless it has never been updated. Ends with
     * {@link #evaluationEnded()}; prefer {@link #evaluation()}, which ends also when the evaluation throws.
     *
     * @throws IllegalStateException if an evaluation has not ended, or the average cannot be swapped in
     * @throws UnsupportedOperationException if the model's store is read-only
     * @throws OutOfMemoryError if there is no memory to park the model's numbers in; nothing has changed then
     */
    public void evaluationStarted() {
        begin(0);
    }

    /**
     * The evaluation has ended: the model's own numbers come back, bit for bit.
     *
     * @throws IllegalStateException if there is no evaluation
     * @throws dev.polyak.error.MemoryLostException if the model's memory is gone
     */
    public void evaluationEnded() {
        if (evaluation == null) {
            throw new IllegalStateException("no evaluation has started that could end: call evaluationStarted() first");
        }
        evaluation.close();
    }

    /**
     * An evaluation with the (first) average in the model's place, for try-with-resources.
     *
     * @return the scope, to be closed
     * @throws IllegalStateException if an evaluation has not ended, or the average cannot be swapped in
     * @throws UnsupportedOperationException if the model's store is read-only
     * @throws OutOfMemoryError if there is no memory to park the model's numbers in; nothing has changed then
     */
    public Evaluation evaluation() {
        return begin(0);
    }

    /**
     * An evaluation with one of the averages in the model's place, for try-with-resources. An average that has never
     * been updated stays out of it, and the model is evaluated with its own numbers, unless the handler was built with
     * {@link AveragingHandlerBuilder#swappingInitial()}.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return the scope, to be closed
     * @throws IndexOutOfBoundsException if there is no such average
     * @throws IllegalStateException if an evaluation has not ended, or the average cannot be swapped in
     * @throws UnsupportedOperationException if the model's store is read-only
     * @throws OutOfMemoryError if there is no memory to park the model's numbers in; nothing has changed then
     */
    public Evaluation evaluation(int which) {
        return begin(which);
    }

    /**
     * Recomputes the BatchNorm statistics of the (first) average, as PyTorch's {@code update_bn} does.
     *
     * @param <E> what the passes throw
     * @param passes passes the training data through the model
     * @return whether there was anything to do: if not, nothing has been passed
     * @throws E what the passes throw; the average is as it was before
     * @see #updateBatchNorm(int, BatchNormNames, DataPasses)
     */
    public <E extends Exception> boolean updateBatchNorm(DataPasses<E> passes) throws E {
        return updateBatchNorm(0, BatchNormNames.PYTORCH, passes);
    }

    /**
     * Recomputes the BatchNorm statistics of an average, which are not those of any model it was made of. With the
     * average in the model's place, means are set to 0, variances to 1 and counts to 0; then the caller passes its data
     * through the model, in training mode (in PyTorch with {@code momentum = None}, so that every batch weighs the
     * same), which writes them anew. What comes of it stays with the average, which is otherwise as it was, until its
     * next update copies or averages the model's; so do this before the evaluation or checkpoint that needs it. The
     * model gets all its numbers back, bit for bit, whatever the passes did to its buffers.
     *
     * @param <E> what the passes throw
     * @param which number of the average, from 0, in the order of the rules
     * @param names which tensors are statistics
     * @param passes passes the training data through the model
     * @return whether there was anything to do: if the model has no such tensor, nothing has been passed
     * @throws E what the passes throw; the average is as it was before
     * @throws IndexOutOfBoundsException if there is no such average
     * @throws IllegalArgumentException if the average does not hold the statistics, or holds them in other types
     * @throws IllegalStateException if an evaluation has not ended, or the average cannot be swapped in, or has never
     *     been updated (see {@link AveragingHandlerBuilder#swappingInitial()})
     * @throws UnsupportedOperationException if the model's store is read-only
     * @throws OutOfMemoryError if there is no memory for what has to be set aside; nothing has changed then
     */
    public <E extends Exception> boolean updateBatchNorm(int which, BatchNormNames names, DataPasses<E> passes)
            throws E {
        Objects.requireNonNull(names, "names");
        Objects.requireNonNull(passes, "passes");
        requireTraining();
        if (!swapsIn(which)) {
            throw new IllegalStateException(
                    "the average has never been updated, so that its statistics are the model's own:"
                            + " recompute them later, or build the handler with swappingInitial()");
        }
        return new BatchNormUpdate(average, which, names).run(() -> evaluation(which), passes);
    }

    /**
     * A checkpoint is about to be written. To it belong the state returned, {@link #modelStore()}, and
     * {@link #averageStore(int)} for each rule, all three before the next event. It may be written during an evaluation
     * too: the state says so, and the stores are the right ones all the same, while the model's own store holds the
     * average. Not between an optimizer step and its {@link #iterationCompleted()}, which a resumed loop would miss.
     *
     * @return what is to be saved with the numbers
     * @throws IllegalStateException if the average is closed or torn, so that there are no numbers to save
     */
    public HandlerState checkpointSaving() {
        averageStore(0);
        Evaluation current = evaluation;
        return new HandlerState(
                iteration,
                epoch,
                average.averages().stream().map(AverageView::counters).toList(),
                momenta.all(),
                current != null && current.isSwapped());
    }

    /**
     * A checkpoint has been loaded: goes on from it. Loading the model's own numbers into its store is the loop's.
     *
     * @param state what was saved
     * @param numbers the averages, as {@link #averageStore(int)} gave them, one for each rule; matched by name
     * @throws IllegalArgumentException if there are not as many averages as rules, or a tensor is missing or of another
     *     shape; nothing has changed then
     * @throws IllegalStateException if an evaluation has not ended, or the average is closed
     * @throws dev.polyak.error.MemoryLostException if the numbers are lost while they are read; it is then torn
     */
    public void checkpointLoaded(HandlerState state, ParameterStore... numbers) {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(numbers, "numbers");
        requireTraining();
        momenta.requireAsMany(state.momenta());
        average.restore(state.allCounters(), List.of(numbers));
        momenta.set(state.momenta());
        goOn(state.iteration(), state.epoch(), state.counters().calls());
    }

    /**
     * A checkpoint has been loaded that has no average. Warns of it, and begins anew with a copy of the model.
     *
     * @param iterations number of iterations completed
     * @param epochs number of epochs completed
     * @throws IllegalArgumentException if a number is negative
     * @throws IllegalStateException if an evaluation has not ended, or the average cannot begin
     */
    public void checkpointLoadedWithoutAverage(long iterations, long epochs) {
        requireTraining();
        if (iterations < 0 || epochs < 0) {
            throw new IllegalArgumentException("there cannot be " + Math.min(iterations, epochs) + " completed");
        }
        LOGGER.log(
                Level.WARNING,
                "the checkpoint has no average: it begins anew, at iteration {0}, with a copy of the model",
                String.valueOf(iterations));
        average.restart();
        momenta.reset();
        goOn(iterations, epochs, 0);
    }

    /** {@return the model's own numbers, wherever they are, good until the next evaluation begins or ends} */
    public ParameterStore modelStore() {
        return average.model();
    }

    /**
     * The numbers of the (first) average, also while it is in the model's place.
     *
     * @return a store of the average's layout, good until the next evaluation begins or ends
     * @throws IllegalStateException if the average is closed or torn
     */
    public ParameterStore averageStore() {
        return averageStore(0);
    }

    /**
     * The numbers of one of the averages, also while it is in the model's place: as they are kept, not debiased.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return a store of the average's layout, good until the next evaluation begins or ends
     * @throws IndexOutOfBoundsException if there is no such average
     * @throws IllegalStateException if the average is closed or torn
     */
    public ParameterStore averageStore(int which) {
        SwappedAverage swapped = evaluation == null ? null : evaluation.swapped();
        return swapped == null ? average.average(which).store() : swapped.average(which);
    }

    /** {@return the averages themselves, to be looked at; this handler updates and swaps them} */
    public ParameterAverage average() {
        return average;
    }

    /** {@return the (first) average's latest weight on the source; 1 as long as it is a copy of the model} */
    public double momentum() {
        return momentum(0);
    }

    /**
     * The current momentum of one of the averages.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return the latest weight on the source; 1 as long as the average is a copy of the model
     * @throws IndexOutOfBoundsException if there is no such average
     */
    public double momentum(int which) {
        return momenta.of(which);
    }

    /** {@return how many iterations with an optimizer step have ended since the training began} */
    public long iteration() {
        return iteration;
    }

    /** {@return how many epochs have ended since the training began} */
    public long epoch() {
        return epoch;
    }

    /** Frees the averages' memory. An evaluation that has not ended is ended first. A second call does nothing. */
    @Override
    public void close() {
        evaluation = null;
        average.close();
    }

    /** Called by an evaluation that ends. */
    private void ended(Evaluation which) {
        if (evaluation == which) {
            evaluation = null;
        }
    }

    private Evaluation begin(int which) {
        requireTraining();
        boolean swapsIn = swapsIn(which);
        if (!swapsIn && !saidInitial) {
            saidInitial = true;
            LOGGER.log(
                    Level.INFO,
                    "the model is evaluated with its own weights, as its average has never been updated yet");
        }
        Evaluation begun =
                new Evaluation(this::ended, swapsIn ? average.average(which).swap() : null);
        evaluation = begun;
        return begun;
    }

    private boolean swapsIn(int which) {
        average.average(which).store(); // refuses what cannot be swapped in
        return settings.swapsInitial() || average.counters().updates() > 0;
    }

    /** An event of the kind that can fire. */
    private void completed(long number, long inEpoch, @Nullable CudaStream stream) {
        begun |= settings.beginsAt(iteration, inEpoch);
        if (!begun) {
            average.restart();
        } else if (settings.filter().fires(number)) {
            update(stream);
        }
    }

    private void update(@Nullable CudaStream stream) {
        long skipped = average.skippedUpdates();
        latest = stream == null ? average.update() : average.update(stream);
        firings++;
        momenta.follow(firings, average.skippedUpdates() != skipped);
    }

    private void goOn(long iterations, long epochs, long calls) {
        iteration = iterations;
        epoch = epochs;
        firings = calls;
        begun = calls > 0;
        stepping = false;
    }

    private void requireTraining() {
        if (evaluation != null) {
            throw new IllegalStateException(
                    "an evaluation has not ended: close the scope that evaluation() returned, or call"
                            + " evaluationEnded(), before anything else");
        }
        if (average.model() != average.online()) {
            throw new IllegalStateException("another average is in this model's place: end its evaluation first");
        }
    }
}
