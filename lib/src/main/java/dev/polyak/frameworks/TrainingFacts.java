package dev.polyak.frameworks;

import dev.polyak.frameworks.MissingTrainingFact.Fact;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a rule has to know of the training beyond its own arguments. Immutable: each method with an argument returns
 * other facts.
 *
 * <pre>{@code
 * TrainingFacts facts = TrainingFacts.UNKNOWN.batchSize(2048).stepsPerEpoch(625);
 * }</pre>
 */
public final class TrainingFacts {
    /** An update at every step; everything else unknown. */
    public static final TrainingFacts UNKNOWN = new TrainingFacts(1, 0, 0, 0);

    private final int every;
    private final long stepsPerEpoch;
    private final long batchSize;
    private final long maxSteps;

    private TrainingFacts(int every, long stepsPerEpoch, long batchSize, long maxSteps) {
        this.every = every;
        this.stepsPerEpoch = stepsPerEpoch;
        this.batchSize = batchSize;
        this.maxSteps = maxSteps;
    }

    /**
     * These facts with another interval between the steps of which the average is told: Ignite's event filter, or how
     * often a loop calls update.
     *
     * @param steps every how many, at least 1
     * @return such facts
     * @throws IllegalArgumentException if the number is less than 1
     */
    public TrainingFacts every(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("an average is told of every 1 or more steps, not of every " + steps);
        }
        return new TrainingFacts(steps, stepsPerEpoch, batchSize, maxSteps);
    }

    /**
     * These facts with the length of an epoch, which rules need that count epochs.
     *
     * @param steps how many an epoch has; 0 if that is unknown
     * @return such facts
     * @throws IllegalArgumentException if the number is negative
     */
    public TrainingFacts stepsPerEpoch(long steps) {
        return new TrainingFacts(every, notNegative("number of steps per epoch", steps), batchSize, maxSteps);
    }

    /**
     * These facts with the size of a batch, which rules need that count images.
     *
     * @param images how many a step has; 0 if that is unknown
     * @return such facts
     * @throws IllegalArgumentException if the number is negative
     */
    public TrainingFacts batchSize(long images) {
        return new TrainingFacts(every, stepsPerEpoch, notNegative("batch size", images), maxSteps);
    }

    /**
     * These facts with the length of the training, which rules need that begin at a part of it.
     *
     * @param steps how many the whole training has; 0 if that is unknown
     * @return such facts
     * @throws IllegalArgumentException if the number is negative
     */
    public TrainingFacts maxSteps(long steps) {
        return new TrainingFacts(every, stepsPerEpoch, batchSize, notNegative("number of steps", steps));
    }

    /**
     * Every how many steps the average is told of a step.
     *
     * @return the interval, at least 1
     */
    public int every() {
        return every;
    }

    /**
     * Steps of an epoch.
     *
     * @return how many; 0 if that is unknown
     */
    public long stepsPerEpoch() {
        return stepsPerEpoch;
    }

    /**
     * Images of a step.
     *
     * @return how many; 0 if that is unknown
     */
    public long batchSize() {
        return batchSize;
    }

    /**
     * Steps of the whole training.
     *
     * @return how many; 0 if that is unknown
     */
    public long maxSteps() {
        return maxSteps;
    }

    /** Steps of an epoch, which the rule of a name needs. */
    long requireStepsPerEpoch(String rule) {
        return require(stepsPerEpoch, Fact.STEPS_PER_EPOCH, rule + " counts epochs: say how many steps one has");
    }

    /** Images of a step, which the rule of a name needs. */
    long requireBatchSize(String rule) {
        return require(batchSize, Fact.BATCH_SIZE, rule + " counts images: say how many a step has");
    }

    /** Steps of the training, which the rule of a name needs. */
    long requireMaxSteps(String rule) {
        return require(
                maxSteps, Fact.MAX_STEPS, rule + " begins at a part of the training: say how many steps that has");
    }

    @Override
    @SuppressWarnings("exports") // @Nullable tells tools that know it
    public boolean equals(@Nullable Object other) {
        return other instanceof TrainingFacts that
                && every == that.every
                && stepsPerEpoch == that.stepsPerEpoch
                && batchSize == that.batchSize
                && maxSteps == that.maxSteps;
    }

    @Override
    public int hashCode() {
        return Objects.hash(every, stepsPerEpoch, batchSize, maxSteps);
    }

    @Override
    public String toString() {
        return "TrainingFacts[every=" + every + ", stepsPerEpoch=" + stepsPerEpoch + ", batchSize=" + batchSize
                + ", maxSteps=" + maxSteps + "]";
    }

    private static long require(long value, Fact fact, String message) {
        if (value == 0) {
            throw new MissingTrainingFact(fact, message);
        }
        return value;
    }

    private static long notNegative(String what, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("the " + what + " cannot be negative, but is " + value);
        }
        return value;
    }
}
