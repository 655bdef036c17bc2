package dev.polyak.cli.rule;

import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of which exactly one says how much each file weighs. */
final class WeightOptions {
    @Option(names = "--ema", paramLabel = "DECAY", description = "Exponential average: each file weighs 1 - DECAY.")
    private @Nullable Double decay;

    @Option(names = "--momentum", paramLabel = "M", description = "Exponential average: each file weighs M.")
    private @Nullable Double momentum;

    @Option(
            names = "--half-life",
            paramLabel = "N",
            description = "Exponential average in which a file weighs half as much N files later, whatever --every is.")
    private @Nullable Double halfLife;

    @Option(
            names = "--cosine",
            paramLabel = "FROM:TO:STEPS",
            converter = OptionValues.Cosines.class,
            description =
                    "Exponential average whose decay goes from FROM to TO within STEPS updates, along half a cosine, as BYOL's and DINO's"
                            + " teachers do (0.996:1:STEPS).")
    private @Nullable Schedule cosine;

    @Option(names = "--swa", description = "The mean of all files: the n-th update weighs 1/(n + 1).")
    private boolean equal;

    @Option(
            names = "--weights",
            paramLabel = "A,B,...",
            converter = OptionValues.Numbers.class,
            description =
                    "Weighted mean, as model soups are: one number for the first file and one for each update. They need not add up to 1.")
    private OptionValues.@Nullable NumberList weights;

    /** How many of the options were given. */
    int count() {
        return (int) Stream.of(decay, momentum, halfLife, cosine, weights)
                        .filter(Objects::nonNull)
                        .count()
                + (equal ? 1 : 0);
    }

    /** Whether the average is an exponential one, which alone can be warmed up. */
    boolean isExponential() {
        return !equal && weights == null;
    }

    /**
     * How many numbers were given for the files.
     *
     * @return the count; −1 if the rule needs none
     */
    int weightCount() {
        return weights == null ? -1 : weights.numbers().length;
    }

    /**
     * The schedule.
     *
     * @param every files between updates
     * @throws IllegalArgumentException if a number is out of its range
     */
    Schedule schedule(int every) {
        if (decay != null) {
            return Schedules.decay(decay);
        } else if (momentum != null) {
            return Schedules.momentum(momentum);
        } else if (halfLife != null) {
            return Schedules.halfLife(halfLife, every);
        } else if (cosine != null) {
            return cosine;
        } else if (weights != null) {
            return Schedules.weights(weights.numbers());
        }
        return Schedules.equal();
    }
}
