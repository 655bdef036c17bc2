package dev.polyak.schedule;

import static java.util.Objects.requireNonNull;

/**
 * An amount of training, in the units of Composer's time strings: {@code "10ba"} is 10 batches (optimizer steps),
 * {@code "2ep"} 2 epochs, {@code "0.1dur"} a tenth of the whole training.
 *
 * @param amount how much; a whole number, but for {@link Unit#DURATION}
 * @param unit of what
 */
public record TrainingTime(double amount, Unit unit) {
    private static final double LARGEST = 0x1p53;

    /** What training is counted in. */
    public enum Unit {
        /** {@code iter}: rounds of several epochs. An optimizer step is a {@link #BATCH}. */
        ITERATION("iter"),
        /** {@code ep}: passes through the data. */
        EPOCH("ep"),
        /** {@code ba}: optimizer steps. */
        BATCH("ba"),
        /** {@code sp}: samples. */
        SAMPLE("sp"),
        /** {@code tok}: tokens. */
        TOKEN("tok"),
        /** {@code dur}: the whole training. */
        DURATION("dur"),
        /** {@code sec}, or {@code 1h30m5s}: seconds on the clock. */
        SECOND("sec");

        private final String label;

        Unit(String label) {
            this.label = label;
        }

        /**
         * The unit as it is written.
         *
         * @return for example {@code "ba"}
         */
        public String label() {
            return label;
        }
    }

    /**
     * Checks the components.
     *
     * @param amount how much
     * @param unit of what
     * @throws IllegalArgumentException if the amount is no number, or no whole number of at most 2^53 where the unit
     *     needs one
     */
    public TrainingTime {
        requireNonNull(unit, "unit");
        if (Double.isNaN(amount)) {
            throw new IllegalArgumentException("an amount of training must be a number");
        }
        if (unit != Unit.DURATION && (amount != Math.rint(amount) || Math.abs(amount) > LARGEST)) {
            throw new IllegalArgumentException(
                    "training is counted in whole " + unit.label + ", of which there cannot be " + amount);
        }
        amount += 0.0; // no negative zero
    }

    /**
     * Reads a time string, as Composer's {@code Time.from_timestring} does: {@code 10ba}, {@code 3e4tok}, {@code 2EP},
     * {@code 0.1dur}, {@code 1h30m5s}.
     *
     * @param text the string
     * @return what it says
     * @throws IllegalArgumentException if it is no time string, or the amount is not whole where the unit needs it
     */
    public static TrainingTime parse(String text) {
        requireNonNull(text, "text");
        return TrainingTimeParser.parse(text);
    }

    /**
     * The amount, where it is a count.
     *
     * @return the amount, as a whole number
     * @throws IllegalStateException for a fraction of the training
     */
    public long count() {
        if (unit == Unit.DURATION) {
            throw new IllegalStateException(
                    this + " is a part of a training whose length is not known; give it with of(TrainingTime)");
        }
        return (long) amount;
    }

    /**
     * This time in a training of a certain length. Composer measures what has passed of a training in the unit of its
     * length, so that {@code 0.25dur} of {@code 6ep} has passed when the second epoch has ended.
     *
     * @param training how long the training is, in any unit but {@link Unit#DURATION}
     * @return this, if it is a count already; else the least count after which this part of the training has passed
     * @throws IllegalArgumentException if the training's length is not a positive count
     */
    public TrainingTime of(TrainingTime training) {
        requireNonNull(training, "training");
        if (training.unit == Unit.DURATION || training.amount <= 0) {
            throw new IllegalArgumentException(
                    "a training lasts for some epochs or batches, such as 90ep, and not for " + training);
        }
        if (unit != Unit.DURATION) {
            return this;
        }
        double passed = Math.max(0, Math.min(LARGEST, Math.ceil(amount * training.amount)));
        // The product may be rounded, while the comparison is with this quotient.
        while (passed > 0 && (passed - 1) / training.amount >= amount) {
            passed--;
        }
        while (passed < LARGEST && passed / training.amount < amount) {
            passed++;
        }
        return new TrainingTime(passed, training.unit);
    }

    /**
     * This time in batches.
     *
     * @param batchesPerEpoch optimizer steps in an epoch, at least 1
     * @return how many optimizer steps it takes
     * @throws IllegalStateException if it is given in another unit than batches and epochs
     * @throws IllegalArgumentException if batchesPerEpoch is less than 1
     * @throws ArithmeticException if there are too many of them
     */
    public long batches(long batchesPerEpoch) {
        Ranges.checkAtLeastOne("number of batches in an epoch", batchesPerEpoch);
        return switch (unit) {
            case BATCH -> count();
            case EPOCH -> Math.multiplyExact(count(), batchesPerEpoch);
            default ->
                throw new IllegalStateException(this + " is not a number of batches: write it in ba, ep, or "
                        + "as a part of a training that is counted in them");
        };
    }

    /** As Composer writes it: {@code 10ba}. */
    @Override
    public String toString() {
        return (unit == Unit.DURATION ? String.valueOf(amount) : String.valueOf((long) amount)) + unit.label;
    }
}
