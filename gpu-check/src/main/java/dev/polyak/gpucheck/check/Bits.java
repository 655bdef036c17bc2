package dev.polyak.gpucheck.check;

import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The bits of elements in memory, without a look at the library's own conversions. */
final class Bits {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Bits() {}

    static long get(MemorySegment memory, DType type, long index) {
        return switch (type.bits()) {
            case 64 -> memory.get(LONG, index * Long.BYTES);
            case 32 -> memory.get(INT, index * Integer.BYTES) & 0xffff_ffffL;
            case 16 -> memory.get(SHORT, index * Short.BYTES) & 0xffffL;
            default -> memory.get(ValueLayout.JAVA_BYTE, index) & 0xffL;
        };
    }

    static void set(MemorySegment memory, DType type, long index, long bits) {
        switch (type.bits()) {
            case 64 -> memory.set(LONG, index * Long.BYTES, bits);
            case 32 -> memory.set(INT, index * Integer.BYTES, (int) bits);
            case 16 -> memory.set(SHORT, index * Short.BYTES, (short) bits);
            default -> memory.set(ValueLayout.JAVA_BYTE, index, (byte) bits);
        }
    }

    /** Bits of the fraction of a floating-point type. */
    static int fraction(DType type) {
        return switch (type) {
            case F64 -> 52;
            case F32 -> 23;
            case F16 -> 10;
            case BF16 -> 7;
            default -> throw new IllegalArgumentException(type + " is no floating-point type");
        };
    }

    /** Positive infinity. */
    static long infinity(DType type) {
        return (1L << (type.bits() - 1)) - (1L << fraction(type));
    }

    static boolean isNaN(DType type, long bits) {
        return type.isFloat() && (bits & ((1L << (type.bits() - 1)) - 1)) > infinity(type);
    }
}
