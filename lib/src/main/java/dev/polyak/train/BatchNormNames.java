package dev.polyak.train;

import static java.util.Objects.requireNonNull;

import dev.polyak.tensor.NamePattern;
import dev.polyak.tensor.TensorSpec;

/**
 * The names that a framework gives to BatchNorm's statistics.
 *
 * @param means running means, which begin at 0
 * @param variances running variances, which begin at 1
 * @param counts numbers of batches so far, which begin at 0; a pattern that fits nothing where there are none
 */
public record BatchNormNames(NamePattern means, NamePattern variances, NamePattern counts) {
    /**
     * Refuses nulls.
     *
     * @param means running means, which begin at 0
     * @param variances running variances, which begin at 1
     * @param counts numbers of batches so far, which begin at 0; a pattern that fits nothing where there are none
     */
    public BatchNormNames {
        requireNonNull(means, "means");
        requireNonNull(variances, "variances");
        requireNonNull(counts, "counts");
    }

    /** PyTorch's: {@code running_mean}, {@code running_var} and {@code num_batches_tracked}. */
    public static final BatchNormNames PYTORCH = of("*running_mean", "*running_var", "*num_batches_tracked");

    /** Those of Keras: {@code moving_mean} and {@code moving_variance}. */
    public static final BatchNormNames KERAS = of("*moving_mean", "*moving_variance", "");

    /**
     * Names as patterns.
     *
     * @param means pattern of the means' names
     * @param variances pattern of the variances' names
     * @param counts pattern of the counts' names
     * @return the names
     */
    public static BatchNormNames of(String means, String variances, String counts) {
        requireNonNull(means, "means");
        requireNonNull(variances, "variances");
        requireNonNull(counts, "counts");
        return new BatchNormNames(new NamePattern(means), new NamePattern(variances), new NamePattern(counts));
    }

    boolean isStatistic(TensorSpec tensor) {
        return means.matches(tensor.name()) || isVariance(tensor) || counts.matches(tensor.name());
    }

    boolean isVariance(TensorSpec tensor) {
        return variances.matches(tensor.name());
    }
}
