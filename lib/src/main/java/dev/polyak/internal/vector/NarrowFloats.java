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
    private static final int MAGNITUDE = 0x7fff_ffff;
    private static final int INFINITY = 0x7f80_0000;
    /** Exponent bias of binary32 less that of binary16. */
    private static final int BIAS = 112;
    /** An infinite binary16. */
    private static final int F16_INFINITY = 0x7c00;
    /** The smallest normal binary16: 2^−14. */
    private static final int F16_NORMAL = 0x3880_0000;
    /** A number whose last place is that of the subnormal binary16. */
    private static final float F16_SUBNORMAL_ALIGNER = 0.5f;

    private NarrowFloats() {}

    static FloatVector fromBf16(IntVector bits) {
        return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    static IntVector toBf16(FloatVector values) {
        IntVector bits = bits(values);
        VectorMask<Integer> nan = bits.and(MAGNITUDE).compare(VectorOperators.GT, INFINITY);
        IntVector even = bits.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector rounded = bits.add(0x7fff).add(even);
        return rounded.blend(bits.or(0x40_0000), nan).lanewise(VectorOperators.LSHR, 16);
    }

    /** Expects bits that were extended by their sign. */
    static FloatVector fromF16(IntVector bits) {
        // The sign is in place. Its copies, which lie where binary32 has more exponent bits than binary16, are cleared.
        IntVector placed = bits.lanewise(VectorOperators.LSHL, 13).and(0x8fff_e000);
        // Multiplying moves the exponent by the difference of the two biases, 112, and makes subnormal numbers normal.
        IntVector scaled = bits(placed.reinterpretAsFloats().mul(0x1p112f));
        VectorMask<Integer> special = bits.and(F16_INFINITY).compare(VectorOperators.EQ, F16_INFINITY);
        return scaled.lanewise(VectorOperators.OR, INFINITY, special).reinterpretAsFloats();
    }

    static IntVector toF16(FloatVector values) {
        IntVector bits = bits(values);
        IntVector absolute = bits.and(MAGNITUDE);
        IntVector shifted = absolute.lanewise(VectorOperators.LSHR, 13);
        // Normal numbers: round the 13 bits that go to nearest even, and change the bias.
        IntVector normal = absolute.add(0xfff - (BIAS << 23))
                .add(shifted.and(1))
                .min(F16_INFINITY << 13)
                .lanewise(VectorOperators.LSHR, 13);
        // Subnormal numbers: the adder rounds them to the place that ½ has last.
        IntVector subnormal = bits(absolute.reinterpretAsFloats().add(F16_SUBNORMAL_ALIGNER))
                .sub(Float.floatToRawIntBits(F16_SUBNORMAL_ALIGNER));
        IntVector number = normal.blend(subnormal, absolute.compare(VectorOperators.LT, F16_NORMAL));
        IntVector nan = shifted.and(0x3ff).or(0x7e00);
        return number.blend(nan, absolute.compare(VectorOperators.GT, INFINITY))
                .or(bits.lanewise(VectorOperators.LSHR, 16).and(0x8000));
    }

    /**
     * The bits of floats, in the one form that C2 compiles on every JDK: on 27 {@code reinterpretAsInts()} of floats is
     * a call that allocates, and so are {@code viewAsIntegralLanes()} and {@code reinterpretAsLongs()} of doubles.
     */
    private static IntVector bits(FloatVector values) {
        return values.reinterpretAsShorts().reinterpretAsInts();
    }
}
