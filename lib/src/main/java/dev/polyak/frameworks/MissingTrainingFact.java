package dev.polyak.frameworks;

/** A rule needs to know something of the training that it was not told. */
public final class MissingTrainingFact extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** What can be missing. */
    public enum Fact {
        /** {@link TrainingFacts#stepsPerEpoch}. */
        STEPS_PER_EPOCH,
        /** {@link TrainingFacts#batchSize}. */
        BATCH_SIZE,
        /** {@link TrainingFacts#maxSteps}. */
        MAX_STEPS
    }

    private final Fact fact;

    MissingTrainingFact(Fact fact, String message) {
        super(message);
        this.fact = fact;
    }

    /**
     * What is missing.
     *
     * @return which of the {@link TrainingFacts} is unknown
     */
    public Fact fact() {
        return fact;
    }
}
