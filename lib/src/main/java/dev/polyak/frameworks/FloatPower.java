package dev.polyak.frameworks;

import dev.polyak.internal.math.Power;

/** Powers of binary32 tensors as PyTorch computes them: in binary64, but for exponents that have a way of their own. */
final class FloatPower {
    private FloatPower() {}

    static float of(float x, double exponent) {
        if (exponent == -2) {
            return 1 / (x * x);
        } else if (exponent == -0.5) {
            return 1 / (float) Math.sqrt(x);
        }
        return (float) Power.of(x, exponent);
    }
}
