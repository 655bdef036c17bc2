package dev.polyak.internal.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The floating-point types in memory, each with its scalar load and store: the definition that vector code must
 * reproduce.
 */
public enum Element {
    /** IEEE binary32. */
    F32(4) {
        @Override
        public float floatAt(MemorySegment segment, long offset) {
            return segment.get(FLOAT, offset);
        }

        @Override
        public void putFloat(MemorySegment segment, long offset, float value) {
            segment.set(FLOAT, offset, value);
        }
    },
    /** IEEE binary64. */
    F64(8) {
        @Override
        public float floatAt(MemorySegment segment, long offset) {
            return (float) segment.get(DOUBLE, offset);
        }

        @Override
        public double doubleAt(MemorySegment segment, long offset) {
            return segment.get(DOUBLE, offset);
        }

        @Override
        public void putFloat(MemorySegment segment, long offset, float value) {
            segment.set(DOUBLE, offset, value);
        }

        @Override
        public void putDouble(MemorySegment segment, long offset, double value) {
            segment.set(DOUBLE, offset, value);
        }
    },
    /** bfloat16, the upper half of a binary32. */
    BF16(2) {
        @Override
        public float floatAt(MemorySegment segment, long offset) {
            return Float.intBitsToFloat(segment.get(SHORT, offset) << 16);
        }

        @Override
        public void putFloat(MemorySegment segment, long offset, float value) {
            segment.set(SHORT, offset, (short) (roundedToBf16(value) >>> 16));
        }

        @Override
        public void putDouble(MemorySegment segment, long offset, double value) {
            putFloat(segment, offset, toOdd(value));
        }

        @Override
        public float round(float value) {
            return Float.intBitsToFloat(roundedToBf16(value) & 0xffff_0000);
        }
    },
    /** IEEE binary16. */
    F16(2) {
        @Override
        public float floatAt(MemorySegment segment, long offset) {
            return Float.float16ToFloat(segment.get(SHORT, offset));
        }

        @Override
        public void putFloat(MemorySegment segment, long offset, float value) {
            segment.set(SHORT, offset, Float.floatToFloat16(value));
        }

        @Override
        public void putDouble(MemorySegment segment, long offset, double value) {
            putFloat(segment, offset, toOdd(value));
        }

        @Override
        public float round(float value) {
            return Float.float16ToFloat(Float.floatToFloat16(value));
        }
    };

    /** A binary32 in memory. */
    public static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** A binary16 or bfloat16 in memory. */
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int bytes;

    Element(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether values are computed in binary32 and rounded at the store. */
    public boolean isNarrow() {
        return bytes == 2;
    }

    /** The element at a byte offset; exact but for F64, which is rounded to nearest. */
    public abstract float floatAt(MemorySegment segment, long offset);

    /** The element at a byte offset, exactly. */
    public double doubleAt(MemorySegment segment, long offset) {
        return floatAt(segment, offset);
    }

    /** Stores a value at a byte offset, rounded to nearest even. */
    public abstract void putFloat(MemorySegment segment, long offset, float value);

    /** Stores a value at a byte offset, rounded once, to nearest even. */
    public void putDouble(MemorySegment segment, long offset, double value) {
        putFloat(segment, offset, (float) value);
    }

    /** A coefficient in this type's precision. */
    public float round(float value) {
        return value;
    }

    private static int roundedToBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        // Half of the last place kept, less one if that place is even; a NaN must not be rounded up into an infinity.
        return Float.isNaN(value) ? bits | 0x40_0000 : bits + 0x7fff + ((bits >>> 16) & 1);
    }

    /**
     * Rounds to odd: an inexact value goes to that neighbour whose last bit is 1. A further rounding to nearest, to a
     * type with at least two bits less, then gives what one rounding would have given.
     */
    private static float toOdd(double value) {
        float nearest = (float) value;
        if (nearest == value || Double.isNaN(value) || (Float.floatToRawIntBits(nearest) & 1) == 1) {
            return nearest;
        }
        // The other neighbour, which is odd, lies beyond the value: up in magnitude if nearest fell short.
        boolean fellShort = Math.abs((double) nearest) < Math.abs(value);
        return Float.intBitsToFloat(Float.floatToRawIntBits(nearest) + (fellShort ? 1 : -1));
    }
}
