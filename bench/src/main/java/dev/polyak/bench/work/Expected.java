package dev.polyak.bench.work;

import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;

/** What an update must give, element by element, written without a look at the library's loops. */
final class Expected {
    private Expected() {}

    /** The average after one update at a decay above one half. */
    static double update(UpdateFormula formula, DType kept, double average, double source, double decay) {
        if (kept == DType.F64) {
            return inDoubles(formula, average, source, 1 - decay, decay);
        }
        float result = inFloats(formula, (float) average, (float) source, (float) (1 - decay), (float) decay, (float)
                (1 / (1 - decay)));
        return switch (kept) {
            case F32 -> result;
            case F16 -> onlyLerp(formula, Float.float16ToFloat(Float.floatToFloat16(result)));
            case BF16 -> onlyLerp(formula, roundedToBf16(result));
            default -> throw new IllegalArgumentException("an average in " + kept + " is not benchmarked");
        };
    }

    private static float inFloats(UpdateFormula formula, float e, float p, float weight, float decay, float divisor) {
        return switch (formula) {
            case LERP, TOWARDS -> Math.fma(p - e, weight, e);
            case MUL_ADD -> Math.fma(p, weight, e * decay);
            case BLEND -> e * decay + p * weight;
            case STEP_BACK -> e - weight * (e - p);
            case STEP_BACK_FUSED -> Math.fma(-weight, e - p, e);
            case MEAN -> e + (p - e) / divisor;
        };
    }

    private static double inDoubles(UpdateFormula formula, double e, double p, double weight, double decay) {
        return switch (formula) {
            case LERP, TOWARDS -> Math.fma(p - e, weight, e);
            case MUL_ADD -> Math.fma(p, weight, e * decay);
            case BLEND -> e * decay + p * weight;
            case STEP_BACK -> e - weight * (e - p);
            case STEP_BACK_FUSED -> Math.fma(-weight, e - p, e);
            case MEAN -> e + (p - e) / (1 / weight);
        };
    }

    /** To nearest even; the benchmarks' numbers are finite. */
    private static float roundedToBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff_0000);
    }

    private static float onlyLerp(UpdateFormula formula, float value) {
        if (formula != UpdateFormula.LERP) {
            throw new IllegalArgumentException(
                    "the other orders round more than once in a narrow type, and are not benchmarked there");
        }
        return value;
    }
}
