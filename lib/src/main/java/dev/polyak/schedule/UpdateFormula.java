package dev.polyak.schedule;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The order of the floating-point operations in which a source is mixed into an average: each of the field's frameworks
 * has its own, and the last bits differ.
 *
 * <p>With <i>e</i> the average, <i>p</i> the source, <i>w</i> the weight and <i>d</i> the decay; arithmetic is
 * binary32, or binary64 if average or source is; scalars are computed in binary64 and rounded once. If the average is
 * kept in bfloat16 or binary16, the result of each operation that PyTorch would store is rounded to that type, and a
 * factor that PyTorch passes as {@code alpha} is rounded first.
 */
public enum UpdateFormula {
    /**
     * |w| &lt; ½: fma(w, p − e, e), else fma(w − 1, p − e, p). PyTorch's {@code lerp_}; mmengine, timm's ModelEmaV3,
     * PyTorch's {@code multi_avg_fn}, ema-pytorch, edm2.
     */
    LERP,
    /** fma(p, w, e · d): two roundings. Ignite, fairseq, NeMo. */
    MUL_ADD,
    /**
     * e · d + p · w: three roundings. timm's ModelEma and ModelEmaV2, Composer, PyTorch's {@code avg_fn}, Keras, optax.
     */
    BLEND,
    /** e − w · (e − p): three roundings. diffusers, TensorFlow. */
    STEP_BACK,
    /** fma(−w, e − p, e). diffusers with {@code foreach=True}. */
    STEP_BACK_FUSED,
    /** fma(p − e, w, e). mmengine's StochasticWeightAverage. */
    TOWARDS,
    /**
     * e + (p − e) / (1/w): three roundings; the divisor is exact where the schedule counts. PyTorch's AveragedModel for
     * SWA.
     */
    MEAN;

    /**
     * The name on the command line and in saved averages.
     *
     * @return the name in lower case with hyphens, such as {@code step-back}
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Finds an order by its {@link #label()}.
     *
     * @param label the name
     * @return the order
     * @throws IllegalArgumentException if there is none of that name; the message lists them
     */
    public static UpdateFormula parse(String label) {
        requireNonNull(label, "label");
        return Arrays.stream(values())
                .filter(formula -> formula.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no order '" + label + "'; there are "
                        + Arrays.stream(values()).map(UpdateFormula::label).collect(Collectors.joining(", "))));
    }
}
