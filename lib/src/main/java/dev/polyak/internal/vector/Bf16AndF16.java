package dev.polyak.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * bfloat16 from and to binary32, and binary16 to binary32, by integer arithmetic: the Vector API has no such
 * conversions. The narrow numbers are in the lower halves of ints.
 *
 * <p>None of these methods has a branch: they are shared by all loops, and a branch that the first loops never took
 * would not be inlined into those that do.
 */
final class Bf16AndF16 {
    private static final int MAGNITUDE = 0x7fff_ffff;
    private static final int INFINITY = 0x7f80_0000;
    /** An infinite binary16. */
    private static final int F16_INFINITY = 0x7c00;

    /** JDK 26 was not tried, and is taken for 27. */
    private static final boolean IS_REINTERPRETATION_COMPILED =
            Runtime.version().feature() < 26;

    private Bf16AndF16() {}

    static FloatVector fromBf16(IntVector bits) {
        return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    static IntVector toBf16(FloatVector values, VectorSpecies<Integer> ints) {
        IntVector bits = bits(values, ints);
        VectorMask<Integer> nan = bits.and(MAGNITUDE).compare(VectorOperators.GT, INFINITY);
        IntVector even = bits.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector rounded = bits.add(0x7fff).add(even);
        return rounded.blend(bits.or(0x40_0000), nan).lanewise(VectorOperators.LSHR, 16);
    }

    /** Expects bits that were extended by their sign. */
    static FloatVector fromF16(IntVector bits, VectorSpecies<Integer> ints) {
        // The sign is in place. Its copies, which lie where binary32 has more exponent bits than binary16, are cleared.
        IntVector placed = bits.lanewise(VectorOperators.LSHL, 13).and(0x8fff_e000);
        // Multiplying moves the exponent by the difference of the two biases, 112, and makes subnormal numbers normal.
        IntVector scaled = bits(placed.reinterpretAsFloats().mul(0x1p112f), ints);
        VectorMask<Integer> special = bits.and(F16_INFINITY).compare(VectorOperators.EQ, F16_INFINITY);
        return scaled.lanewise(VectorOperators.OR, INFINITY, special).reinterpretAsFloats();
    }

    /**
     * The bits of floats, in the form that this JDK compiles: on 27 the simplest is a call that allocates, and so are
     * {@code viewAsIntegralLanes()} and {@code reinterpretAsLongs()} of doubles. Before 27 it is the surest:
     * {@code convertShape} shares its branches with all other conversions, and where those are far more frequent C2
     * does not inline this one.
     */
    private static IntVector bits(FloatVector values, VectorSpecies<Integer> ints) {
        return IS_REINTERPRETATION_COMPILED
                ? values.reinterpretAsInts()
                : (IntVector) values.convertShape(VectorOperators.REINTERPRET_F2I, ints, 0);
    }
}
