package dev.polyak.frameworks;

import dev.polyak.frameworks.MissingTrainingFact.Fact;

/**
 * What a rule has to know of the training beyond its own arguments.
 *
 * @param every every how many steps the average is told of a step: Ignite's event filter, or how often a loop calls
 *     update
 * @param stepsPerEpoch steps of an epoch, 0 if unknown; needed by rules that count epochs
 * @param batchSize images of a step; needed by rules that count images
 * @param maxSteps steps of the whole training, 0 if unknown; needed by rules that begin at a part of it
 */
public record TrainingFacts(int every, long stepsPerEpoch, long batchSize, long maxSteps) {
    /** An update at every step; everything else unknown. */
    public static final TrainingFacts UNKNOWN = new TrainingFacts(1, 0, 0, 0);

    /**
     * Checks the components.
     *
     * @param every every how many steps the average is told of a step
     * @param stepsPerEpoch steps of an epoch
     * @param batchSize images of a step
     * @param maxSteps steps of the whole training
     * @throws IllegalArgumentException if every is less than 1 or another number is negative
     */
    public TrainingFacts {
        if (every < 1) {
            throw new IllegalArgumentException("an average is told of every 1 or more steps, not of every " + every);
        }
        if (stepsPerEpoch < 0 || batchSize < 0 || maxSteps < 0) {
            throw new IllegalArgumentException("steps per epoch, batch size and maximum of steps cannot be negative");
        }
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

    private static long require(long value, Fact fact, String message) {
        if (value == 0) {
            throw new MissingTrainingFact(fact, message);
        }
        return value;
    }
}
