package dev.polyak.cli.compare;

import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;

/** Compares elements one by one, where a piece of one tensor is known to differ from that of another. */
@FunctionalInterface
interface ElementComparison {
    /**
     * Compares.
     *
     * @param a elements of one
     * @param b elements of the other
     * @param count how many
     * @param difference told of each that differs
     */
    void compare(MemorySegment a, MemorySegment b, int count, Difference difference);

    /**
     * The comparison for two types.
     *
     * @param a type of one
     * @param b type of the other; equal to the first unless both are floating-point
     */
    static ElementComparison of(DType a, DType b) {
        if (a.isFloat()) {
            return a == b ? sameFloats(a) : mixedFloats(a, b);
        } else if (a.isInteger()) {
            return integers(a);
        }
        return bytes(Math.max(1, a.bits() / 8));
    }

    private static ElementComparison sameFloats(DType type) {
        int bytes = type.bits() / 8;
        return (a, b, count, difference) -> {
            for (int i = 0; i < count; i++) {
                long mine = Bits.signed(bytes, a, i);
                long other = Bits.signed(bytes, b, i);
                if (mine != other) {
                    compare(
                            Bits.value(type, mine),
                            Bits.value(type, other),
                            Bits.place(bytes, mine),
                            Bits.place(bytes, other),
                            difference);
                }
            }
        };
    }

    /** Values are compared exactly; the units are those of the narrower type, to which the wider value is rounded. */
    private static ElementComparison mixedFloats(DType one, DType two) {
        DType narrower = precision(one) < precision(two) ? one : two;
        int bytes = narrower.bits() / 8;
        return (a, b, count, difference) -> {
            for (int i = 0; i < count; i++) {
                double mine = Bits.value(one, Bits.signed(one.bits() / 8, a, i));
                double other = Bits.value(two, Bits.signed(two.bits() / 8, b, i));
                if (Double.doubleToRawLongBits(mine) != Double.doubleToRawLongBits(other)) {
                    long place = Bits.place(bytes, Bits.rounded(mine, narrower));
                    compare(mine, other, place, Bits.place(bytes, Bits.rounded(other, narrower)), difference);
                }
            }
        };
    }

    private static void compare(double mine, double other, long minePlace, long otherPlace, Difference difference) {
        if (Double.isNaN(mine) != Double.isNaN(other)) {
            difference.addNotANumber();
        } else if (!Double.isNaN(mine)) {
            // As an unsigned number: that of two binary64 may need all bits.
            difference.add(
                    Math.abs(mine - other), minePlace > otherPlace ? minePlace - otherPlace : otherPlace - minePlace);
        }
    }

    private static ElementComparison integers(DType type) {
        int bytes = type.bits() / 8;
        boolean signed = type.kind() == DType.Kind.SIGNED;
        return (a, b, count, difference) -> {
            for (int i = 0; i < count; i++) {
                long mine = signed ? Bits.signed(bytes, a, i) : Bits.unsigned(bytes, a, i);
                long other = signed ? Bits.signed(bytes, b, i) : Bits.unsigned(bytes, b, i);
                if (mine != other) {
                    boolean larger = signed ? mine > other : Long.compareUnsigned(mine, other) > 0;
                    difference.add(unsignedToDouble(larger ? mine - other : other - mine), 0);
                }
            }
        };
    }

    private static ElementComparison bytes(int unit) {
        return (a, b, count, difference) -> {
            for (int i = 0; i < count; i++) {
                if (Bits.signed(unit, a, i) != Bits.signed(unit, b, i)) {
                    difference.add(0, 0);
                }
            }
        };
    }

    private static int precision(DType type) {
        return switch (type) {
            case F64 -> 53;
            case F32 -> 24;
            case F16 -> 11;
            default -> 8;
        };
    }

    private static double unsignedToDouble(long value) {
        return value >= 0 ? value : ((value >>> 1) | (value & 1)) * 2.0;
    }
}
