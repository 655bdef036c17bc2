package dev.polyak.gpucheck.check;

import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * Numbers that look random and can be made again. Among ordinary ones are bits at random, the special values of each
 * type, and numbers that lie in the middle between two of a narrower type.
 */
public final class Numbers implements NumberSource {
    /** How far below 1 the ordinary numbers reach, as a power of two. */
    private static final int DEPTH = 7;

    private static final int KINDS = 15;

    @Override
    public void fill(MemorySegment memory, DType type, long sequence, boolean finite) {
        long elements = memory.byteSize() * Byte.SIZE / type.bits();
        for (long i = 0; i < elements; i++) {
            long random = random(sequence * 0xd1b5_4a32_d192_ed03L + i);
            Bits.set(memory, type, i, type.isFloat() ? number(type, random, finite) : integer(type, random));
        }
    }

    /** SplitMix64. */
    private static long random(long index) {
        long hash = (index + 1) * 0x9e37_79b9_7f4a_7c15L;
        hash = (hash ^ (hash >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return hash ^ (hash >>> 31);
    }

    private static long number(DType type, long random, boolean finite) {
        int kind = (int) (random & KINDS);
        long bits = random >>> (Long.SIZE - type.bits());
        long number = switch (kind) {
            case 0 -> special(type, bits);
            case 1 -> bits;
            case 2, 3 -> tie(type, ordinary(type, bits), kind);
            default -> ordinary(type, bits);
        };
        return finite && (number & Bits.infinity(type)) == Bits.infinity(type) ? 0 : number;
    }

    /** Between 2^−7 and 2 in magnitude, and with any fraction. */
    private static long ordinary(DType type, long bits) {
        int fraction = Bits.fraction(type);
        long exponent = (one(type) >>> fraction) - ((bits >>> fraction) & DEPTH);
        return (bits & (sign(type) | ((1L << fraction) - 1))) | (exponent << fraction);
    }

    private static long tie(DType type, long number, int kind) {
        int kept = switch (type) {
            case F64 -> kind == 2 ? Bits.fraction(DType.F32) : Bits.fraction(DType.BF16);
            case F32 -> kind == 2 ? Bits.fraction(DType.F16) : Bits.fraction(DType.BF16);
            default -> 1; // few bits, so that sums with others end in the middle
        };
        long below = 1L << (Bits.fraction(type) - kept);
        return (number & -below) | (below >>> 1);
    }

    private static long special(DType type, long bits) {
        long infinity = Bits.infinity(type);
        long smallestNormal = 1L << Bits.fraction(type);
        long magnitude = switch ((int) (bits & 15)) {
            case 0, 1, 2 -> 0;
            case 3 -> 1; // the smallest subnormal
            case 4 -> smallestNormal - 1;
            case 5 -> smallestNormal;
            case 6 -> infinity - 1; // the largest number
            case 7 -> infinity;
            case 8 -> infinity + 1; // a signalling NaN
            case 9 -> infinity + smallestNormal / 2;
            case 10 -> from(type, 65_520); // where binary16 rounds to infinity
            case 11 -> from(type, 0x1p-25); // half of its smallest number
            case 12 -> from(type, 0x1.fep-15);
            default -> one(type);
        };
        return magnitude | (bits & sign(type));
    }

    /** A number as binary64 or binary32; in a narrow type, which has none of these, one. */
    private static long from(DType type, double value) {
        return switch (type) {
            case F64 -> Double.doubleToRawLongBits(value);
            case F32 -> Float.floatToRawIntBits((float) value);
            default -> one(type);
        };
    }

    private static long one(DType type) {
        int fraction = Bits.fraction(type);
        return (1L << (type.bits() - 2)) - (1L << fraction);
    }

    private static long sign(DType type) {
        return 1L << (type.bits() - 1);
    }

    /** Mostly small; booleans are 0 and 1. */
    private static long integer(DType type, long random) {
        if (type.kind() == DType.Kind.BOOL) {
            return random & 1;
        }
        long bits = random >>> (Long.SIZE - type.bits());
        return (random & KINDS) == 0 ? bits : bits & 63;
    }
}
