package dev.polyak.cli.compare;

import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Elements of a segment as their bits, their values, and their places in the order of all values of their type. */
final class Bits {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Bits() {}

    /** The bits of element i of 1, 2, 4 or 8 bytes, with the sign extended. */
    static long signed(int bytes, MemorySegment segment, long i) {
        return switch (bytes) {
            case 1 -> segment.get(ValueLayout.JAVA_BYTE, i);
            case 2 -> segment.get(SHORT, i * 2);
            case 4 -> segment.get(INT, i * 4);
            default -> segment.get(LONG, i * 8);
        };
    }

    /** The same, extended with zeros. */
    static long unsigned(int bytes, MemorySegment segment, long i) {
        long bits = signed(bytes, segment, i);
        return bytes == 8 ? bits : bits & ((1L << (bytes * 8)) - 1);
    }

    /** The value of a floating-point element, exactly. */
    static double value(DType type, long bits) {
        return switch (type) {
            case F64 -> Double.longBitsToDouble(bits);
            case F32 -> Float.intBitsToFloat((int) bits);
            case F16 -> Float.float16ToFloat((short) bits);
            case BF16 -> Float.intBitsToFloat((int) bits << 16);
            default -> throw new IllegalArgumentException(type + " has no values");
        };
    }

    /**
     * The place of a floating-point number among all numbers of its type: neighbours differ by one, −0 and +0 too.
     *
     * @param bits its bits, with the sign extended
     */
    static long place(int bytes, long bits) {
        long magnitude = (1L << (bytes * 8 - 1)) - 1; // all bits but the sign
        return bits >= 0 ? bits : bits ^ magnitude;
    }

    /** The bits of a number in a narrower type, rounded once, to nearest even; with the sign extended. */
    static long rounded(double value, DType type) {
        return switch (type) {
            case F64 -> Double.doubleToRawLongBits(value);
            case F32 -> Float.floatToRawIntBits((float) value);
            case F16 -> Float.floatToFloat16(roundedToOdd(value));
            case BF16 -> {
                int bits = Float.floatToRawIntBits(roundedToOdd(value));
                yield (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
            }
            default -> throw new IllegalArgumentException(type + " has no values");
        };
    }

    /** Rounds so that rounding the result again, to a type with two bits fewer, is as if it had been rounded once. */
    private static float roundedToOdd(double value) {
        float near = (float) value;
        if (near == value || Double.isNaN(value)) {
            return near;
        }
        int bits = Float.floatToRawIntBits(near);
        int towardZero = Math.abs((double) near) > Math.abs(value) ? bits - 1 : bits;
        return Float.intBitsToFloat(towardZero | 1);
    }
}
