package dev.polyak.schedule;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * How an average begins: at first the source weighs more than the schedule says, so that the average soon forgets the
 * untrained state from which it started.
 *
 * <p>{@link #parse(String)} reads what {@code toString()} prints, which is also the notation of the command line.
 */
public sealed interface Warmup
        permits Combinations.InverseGamma, Combinations.Annealing, Combinations.Ramp, Combinations.Linear {

    /**
     * The weight on the source.
     *
     * @param base the schedule that is warmed up
     * @param n number of the update, from 1
     * @return the weight, 0 to 1
     */
    double weight(Schedule base, long n);

    /**
     * The weight on the average.
     *
     * @param base the schedule that is warmed up
     * @param n number of the update, from 1
     * @return the decay, 0 to 1
     */
    double decay(Schedule base, long n);

    /**
     * decay = clamp(1 − (1 + n/γ)^−power, 0, base): see {@link #inverseGamma(double, double, double)}.
     *
     * @param gamma γ, positive
     * @param power positive
     * @return the warmup
     * @throws IllegalArgumentException if an argument is out of its range
     */
    static Warmup inverseGamma(double gamma, double power) {
        return inverseGamma(gamma, power, 0);
    }

    /**
     * decay = clamp(1 − (1 + n/γ)^−power, min, base). (timm's {@code use_warmup}, diffusers' {@code use_ema_warmup},
     * ema-pytorch; γ = 1 with power 2/3 suits runs of a million updates, 3/4 shorter ones.)
     *
     * @param gamma γ, positive
     * @param power positive
     * @param min smallest decay, 0 to 1
     * @return the warmup
     * @throws IllegalArgumentException if an argument is out of its range
     */
    static Warmup inverseGamma(double gamma, double power, double min) {
        return new Combinations.InverseGamma(gamma, power, min);
    }

    /**
     * weight = max(base, γ/(γ + n)). (mmengine's MomentumAnnealingEMA.)
     *
     * @param gamma γ, positive
     * @return the warmup
     * @throws IllegalArgumentException if γ is not positive
     */
    static Warmup annealing(double gamma) {
        return new Combinations.Annealing(gamma);
    }

    /**
     * decay = min(base, (1 + n)/(10 + n)). (TensorFlow's {@code num_updates}, diffusers without
     * {@code use_ema_warmup}.)
     *
     * @return the warmup
     */
    static Warmup ramp() {
        return new Combinations.Ramp();
    }

    /**
     * The weight goes in a line from one value at the first update to the base's at a later one. (Ignite's
     * {@code momentum_warmup} and {@code warmup_iters}.)
     *
     * @param from weight on the source at update 1, 0 to 1
     * @param iterations number of the update at which the base's weight is reached, at least 1
     * @return the warmup
     * @throws IllegalArgumentException if an argument is out of its range
     */
    static Warmup linear(double from, long iterations) {
        return new Combinations.Linear(from, iterations);
    }

    /**
     * Reads {@code linear:FROM:ITERS}, {@code inverse-gamma:GAMMA:POWER[:MIN]}, {@code annealing:GAMMA} or
     * {@code ramp}.
     *
     * @param text the text
     * @return the warmup
     * @throws IllegalArgumentException if the text is none of these, or a number is out of its range
     */
    static Warmup parse(String text) {
        requireNonNull(text, "text");
        List<String> words = List.of(text.split(":", -1));
        return switch (words.get(0) + "/" + (words.size() - 1)) {
            case "linear/2" -> Warmup.linear(number(text, words.get(1)), count(text, words.get(2)));
            case "inverse-gamma/2" -> Warmup.inverseGamma(number(text, words.get(1)), number(text, words.get(2)));
            case "inverse-gamma/3" ->
                Warmup.inverseGamma(number(text, words.get(1)), number(text, words.get(2)), number(text, words.get(3)));
            case "annealing/1" -> Warmup.annealing(number(text, words.get(1)));
            case "ramp/0" -> Warmup.ramp();
            default -> throw new IllegalArgumentException("'" + text + "' is no warmup; write " + forms());
        };
    }

    private static String forms() {
        return "linear:FROM:ITERS, inverse-gamma:GAMMA:POWER[:MIN], annealing:GAMMA or ramp";
    }

    private static double number(String text, String word) {
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + word + "' in the warmup '" + text + "' is not a number; write " + forms(), e);
        }
    }

    private static long count(String text, String word) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + word + "' in the warmup '" + text + "' is not a whole number; write " + forms(), e);
        }
    }
}
