package dev.polyak.frameworks;

import dev.polyak.internal.math.Power;

/**
 * Power-function averages (Karras et al. 2024, "Analyzing and Improving the Training Dynamics of Diffusion Models",
 * appendix C): at time t a state of time τ weighs (τ/t)^γ.
 */
public final class PowerFunction {
    private static final int MOST_STEPS = 200;

    private PowerFunction() {}

    /**
     * The exponent of a profile's relative width (algorithm 2): the largest real root of γ³ + 7γ² + (16 − σ⁻²)γ + 12 −
     * σ⁻².
     *
     * @param sigma standard deviation of the profile relative to the time of training, above 0 and below 0.29
     * @return γ, above 0
     * @throws IllegalArgumentException if no profile is as wide
     */
    public static double gamma(double sigma) {
        double t = 1 / (sigma * sigma);
        // The cubic rises beyond its largest root, which lies below 1 + the largest coefficient.
        double x = 1 + Math.max(7, Math.abs(16 - t));
        for (int i = 0; i < MOST_STEPS; i++) {
            double value = ((x + 7) * x + (16 - t)) * x + (12 - t);
            double slope = (3 * x + 14) * x + (16 - t);
            double next = x - value / slope;
            if (!(next < x)) {
                break;
            }
            x = next;
        }
        if (!(sigma > 0) || !(x > 0)) {
            throw new IllegalArgumentException(
                    "no power function has a relative width of " + sigma + "; it must be above 0 and below 0.28");
        }
        return x;
    }

    /**
     * The relative width of a profile (equation 123).
     *
     * @param gamma the exponent, above −1
     * @return standard deviation relative to the time of training
     */
    public static double sigma(double gamma) {
        return Math.sqrt((gamma + 1) / ((gamma + 2) * (gamma + 2) * (gamma + 3)));
    }

    /**
     * The decay that continues a profile (equation 127).
     *
     * @param gamma the exponent
     * @param delta time since the last update, above 0
     * @param time time of this update, at least delta
     * @return (1 − delta/time)^(γ + 1)
     */
    public static double decay(double gamma, double delta, double time) {
        return Power.of(1 - delta / time, gamma + 1);
    }
}
