package dev.polyak.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * bfloat16 and binary16 from and to binary32, by integer arithmetic: the Vector API has no such conversions. The narrow
 * numbers are in the lower halves of ints.
 *
 * <p>None of these methods has a branch: they are shared by all loops, and a branch that the first loops never took
 * would not be inlined into those that do.
 */
final class NarrowFloats {
    private static final int INFINITY = 0x7f80_0000;
    /** 2^112: exponent bias of binary32 less that of binary16. */
    private static final float BIAS = 0x1p112f;
    /** The smallest binary32 that rounds to an infinite binary16: 65520. */
    private static final int F16_OVERFLOW = 0x477f_f000;
    /** The smallest normal binary16: 2^−14. */
    private static final int F16_NORMAL = 0x3880_0000;
    /** A number whose last place is that of the subnormal binary16: ½. */
    private static final float F16_SUBNORMAL_ALIGNER = 0.5f;

    private NarrowFloats() {}

    static FloatVector fromBf16(IntVector bits) {
        return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    static IntVector toBf16(FloatVector values) {
        IntVector bits = values.reinterpretAsInts();
        VectorMask<Integer> nan = bits.and(0x7fff_ffff).compare(VectorOperators.GT, INFINITY);
        IntVector even = bits.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector rounded = bits.add(0x7fff).add(even);
        return rounded.blend(bits.or(0x40_0000), nan).lanewise(VectorOperators.LSHR, 16);
    }

    static FloatVector fromF16(IntVector bits) {
        // The bits are extended by their sign, so the sign is in place, and its copies below are cleared.
        IntVector placed = bits.lanewise(VectorOperators.LSHL, 13).and(0x8fff_e000);
        // Multiplying moves the exponent by the difference of the biases, and makes subnormal numbers normal on the
        // way.
        IntVector scaled = placed.reinterpretAsFloats().mul(BIAS).reinterpretAsInts();
        VectorMask<Integer> special = bits.and(0x7c00).compare(VectorOperators.EQ, 0x7c00);
        return scaled.lanewise(VectorOperators.OR, INFINITY, special).reinterpretAsFloats();
    }

    static IntVector toF16(FloatVector values) {
        IntVector bits = values.reinterpretAsInts();
        IntVector sign = bits.lanewise(VectorOperators.LSHR, 16).and(0x8000);
        IntVector magnitude = bits.and(0x7fff_ffff);
        // Normal numbers: round the 13 bits that go to nearest even, then change the bias.
        IntVector even = magnitude.lanewise(VectorOperators.LSHR, 13).and(1);
        IntVector normal = magnitude.add(0xfff).add(even).sub(112 << 23).lanewise(VectorOperators.LSHR, 13);
        // Subnormal numbers: the adder rounds them to the place that ½ has last.
        IntVector subnormal = magnitude
                .reinterpretAsFloats()
                .add(F16_SUBNORMAL_ALIGNER)
                .reinterpretAsInts()
                .sub(Float.floatToRawIntBits(F16_SUBNORMAL_ALIGNER));
        IntVector result = normal.blend(subnormal, magnitude.compare(VectorOperators.LT, F16_NORMAL));
        result = result.blend(0x7c00, magnitude.compare(VectorOperators.GE, F16_OVERFLOW));
        IntVector nan = magnitude.lanewise(VectorOperators.LSHR, 13).and(0x3ff).or(0x7e00);
        return result.blend(nan, magnitude.compare(VectorOperators.GT, INFINITY))
                .or(sign);
    }
}
