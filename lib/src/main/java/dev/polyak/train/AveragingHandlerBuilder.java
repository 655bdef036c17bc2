package dev.polyak.train;

import static java.util.Objects.requireNonNull;

import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.TreatmentOverrides;
import dev.polyak.schedule.TrainingTime;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects what an {@link AveragingHandler} does at which events. Not safe for use by several threads. */
public final class AveragingHandlerBuilder {
    private final Supplier<ParameterAverage> averages;
    private UpdateFilter filter = UpdateFilter.every(1);
    private long beginIteration;
    private long beginEpoch;
    private @Nullable TrainingTime begin;
    private @Nullable TrainingTime training;
    private boolean everyIterationSteps;
    private boolean swapsInitial;

    AveragingHandlerBuilder(ParameterAverage average) {
        requireNonNull(average, "average");
        averages = () -> average;
    }

    AveragingHandlerBuilder(ParameterStore model, AverageRule... rules) {
        requireNonNull(model, "model");
        requireNonNull(rules, "rules");
        if (rules.length == 0) {
            throw new IllegalArgumentException(
                    "a handler needs a rule, such as ScheduledRule.of(Schedules.decay(0.999))");
        }
        averages = ParameterAverage.builder(model).rules(List.of(rules))::build;
    }

    /**
     * Sets the first iteration that averages; until then the average is a copy of the model. (mmengine's
     * {@code begin_iter}: active when {@code iter + 1 >= begin_iter}.)
     *
     * @param number of the iteration, from 1; 0 is the same as 1, and the default
     * @return this builder
     * @throws IllegalArgumentException if the number is negative
     */
    public AveragingHandlerBuilder beginIteration(long number) {
        beginIteration = notNegative("iteration", number);
        return this;
    }

    /**
     * Sets the first epoch that averages, from its first iteration on; until then the average is a copy of the model.
     * (mmengine's {@code begin_epoch}: active when {@code epoch + 1 >= begin_epoch}.)
     *
     * @param number of the epoch, from 1; 0 is the same as 1, and the default
     * @return this builder
     * @throws IllegalArgumentException if the number is negative
     */
    public AveragingHandlerBuilder beginEpoch(long number) {
        beginEpoch = notNegative("epoch", number);
        return this;
    }

    /**
     * Sets how much of the training has to have passed before the average begins; until then it is a copy of the model.
     * (Composer's {@code ema_start}. After {@code 2ep} the first iteration that averages is that of the third epoch,
     * which is {@code beginEpoch(3)}; of a handler that fires at the ends of epochs it is the end of the second.)
     *
     * @param passed in batches ({@code 10ba}), epochs ({@code 2ep}), or as a part of the {@link #training}
     *     ({@code 0.1dur})
     * @return this builder
     * @throws IllegalArgumentException if it is in another unit, or negative
     */
    public AveragingHandlerBuilder begin(TrainingTime passed) {
        requireNonNull(passed, "passed");
        switch (passed.unit()) {
            case BATCH, EPOCH, DURATION -> {}
            default ->
                throw new IllegalArgumentException(
                        "an average begins after some batches, epochs, or a part of the training,"
                                + " such as 10ba, 2ep or 0.1dur, not after " + passed);
        }
        if (passed.amount() < 0) {
            throw new IllegalArgumentException("an average cannot begin before the training does, after " + passed);
        }
        begin = passed;
        return this;
    }

    /**
     * Says how long the training is, of which {@link #begin} may be a part. An average that would not begin before its
     * end is then an error.
     *
     * @param length in batches or epochs
     * @return this builder
     * @throws IllegalArgumentException if it is in another unit, or not positive
     */
    public AveragingHandlerBuilder training(TrainingTime length) {
        requireNonNull(length, "length");
        boolean counted = length.unit() == TrainingTime.Unit.BATCH || length.unit() == TrainingTime.Unit.EPOCH;
        if (!counted || length.amount() <= 0) {
            throw new IllegalArgumentException(
                    "a training lasts for some batches or epochs, such as 5000ba or 90ep, not for " + length);
        }
        training = length;
        return this;
    }

    /**
     * Sets at which events the average is updated, once it has begun.
     *
     * @param events by default every iteration
     * @return this builder
     */
    public AveragingHandlerBuilder filter(UpdateFilter events) {
        requireNonNull(events, "events");
        filter = events;
        return this;
    }

    /**
     * Takes every {@link AveragingHandler#iterationCompleted()} for one with an optimizer step, for loops that do not
     * call {@link AveragingHandler#optimizerStepping()} and accumulate no gradients.
     *
     * @return this builder
     */
    public AveragingHandlerBuilder everyIterationSteps() {
        everyIterationSteps = true;
        return this;
    }

    /**
     * Lets an average take the model's place that has never been updated: a copy of an earlier model. By default it
     * stays out of evaluations.
     *
     * @return this builder
     */
    public AveragingHandlerBuilder swappingInitial() {
        swapsInitial = true;
        return this;
    }

    /**
     * Checks the settings, then takes memory for the averages, which begin as a copy of the model.
     *
     * @return the handler
     * @throws IllegalArgumentException if it is to begin by iteration and by epoch, after the training's end, or at a
     *     part of a training of unknown length; or a tensor cannot be averaged
     * @throws IllegalStateException if another average is in the model's place
     * @throws OutOfMemoryError if there is no memory for the averages
     */
    public AveragingHandler build() {
        int begins = (beginIteration > 0 ? 1 : 0) + (beginEpoch > 0 ? 1 : 0) + (begin != null ? 1 : 0);
        if (begins > 1) {
            throw new IllegalArgumentException(
                    "an average begins by iteration, by epoch or by time, and not by several of them: give one");
        }
        HandlerSettings settings =
                new HandlerSettings(filter, firstIteration(), firstEpoch(), everyIterationSteps, swapsInitial);
        requireBeforeTheEnd(settings.firstIteration(), TrainingTime.Unit.BATCH);
        requireBeforeTheEnd(settings.firstEpoch(), TrainingTime.Unit.EPOCH);
        ParameterAverage average = averages.get();
        average.rules().forEach(rule -> warnOfUnmatched(rule, average));
        return new AveragingHandler(settings, average);
    }

    /** Number of the first iteration that averages, if it is given so. */
    private long firstIteration() {
        TrainingTime passed = passed();
        return passed != null && passed.unit() == TrainingTime.Unit.BATCH ? passed.count() : beginIteration;
    }

    /** Number of the first epoch that averages, if it is given so. */
    private long firstEpoch() {
        TrainingTime passed = passed();
        if (passed == null || passed.unit() != TrainingTime.Unit.EPOCH) {
            return beginEpoch;
        }
        return passed.count() == 0 || filter.isAtEpochs() ? passed.count() : passed.count() + 1;
    }

    private @Nullable TrainingTime passed() {
        if (begin == null || begin.unit() != TrainingTime.Unit.DURATION) {
            return begin;
        }
        if (training == null) {
            throw new IllegalArgumentException(
                    "the average begins at " + begin + " of a training of unknown length: give it with training(...)");
        }
        return begin.of(training);
    }

    private void requireBeforeTheEnd(long first, TrainingTime.Unit unit) {
        if (training != null && training.unit() == unit && first > training.count()) {
            throw new IllegalArgumentException("the average would begin at number " + first + " of a training of only "
                    + training + ", and so never");
        }
    }

    private static void warnOfUnmatched(AverageRule rule, ParameterAverage average) {
        if (rule instanceof TreatmentOverrides overrides) {
            overrides
                    .unmatched(average.online().layout())
                    .forEach(pattern -> System.getLogger("dev.polyak")
                            .log(Level.WARNING, "the pattern ''{0}'' fits no tensor of the model", pattern));
        }
    }

    private static long notNegative(String what, long number) {
        if (number < 0) {
            throw new IllegalArgumentException("an average begins at " + what + " 0 or later, not at " + number);
        }
        return number;
    }
}
