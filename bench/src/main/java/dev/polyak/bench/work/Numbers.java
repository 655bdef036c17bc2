package dev.polyak.bench.work;

import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/**
 * Numbers that look random and can be computed again: between 2^−7 and 4 in magnitude, with all the bits that their
 * type has. So memory can be checked without a copy of what was in it.
 */
final class Numbers {
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long PART = 1 << 18;
    private static final int MANTISSA = 52;
    private static final int SMALLEST_EXPONENT = 1023 - 7;

    private Numbers() {}

    /** The number of a sequence at an index, which a type holds exactly. */
    static double at(DType type, int sequence, long index) {
        long hash = (index + 1) * 0x9e37_79b9_7f4a_7c15L + sequence * 0xd1b5_4a32_d192_ed03L; // SplitMix64
        hash = (hash ^ (hash >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d0_49bb_1331_11ebL;
        hash ^= hash >>> 31;
        long exponent = SMALLEST_EXPONENT + ((hash >>> MANTISSA) & 7);
        long signAndMantissa = hash & ((0x800f_ffff_ffff_ffffL << (MANTISSA - mantissaBits(type))) | Long.MIN_VALUE);
        return Double.longBitsToDouble((signAndMantissa & ~(0x7ffL << MANTISSA)) | (exponent << MANTISSA));
    }

    /** Fills memory with a sequence from an index on. */
    static void fill(MemorySegment memory, DType type, int sequence, long firstIndex) {
        inParts(memory.byteSize() * Byte.SIZE / type.bits(), i -> {
            double value = at(type, sequence, firstIndex + i);
            switch (type) {
                case F64 -> memory.set(DOUBLE, i * Double.BYTES, value);
                case F32 -> memory.set(FLOAT, i * Float.BYTES, (float) value);
                case BF16 ->
                    memory.set(SHORT, i * Short.BYTES, (short) (Float.floatToRawIntBits((float) value) >>> 16));
                case F16 -> memory.set(SHORT, i * Short.BYTES, Float.floatToFloat16((float) value));
                default -> throw new IllegalArgumentException(type + " is not benchmarked");
            }
        });
    }

    /** Does something for every element below a number, on every processor. */
    static void inParts(long elements, LongConsumer action) {
        LongStream.rangeClosed(0, (elements - 1) / PART).parallel().forEach(part -> {
            long end = Math.min(elements, (part + 1) * PART);
            for (long i = part * PART; i < end; i++) {
                action.accept(i);
            }
        });
    }

    /** The element that is in memory at an index. */
    static double read(MemorySegment memory, DType type, long index) {
        return switch (type) {
            case F64 -> memory.get(DOUBLE, index * Double.BYTES);
            case F32 -> memory.get(FLOAT, index * Float.BYTES);
            case BF16 -> Float.intBitsToFloat(memory.get(SHORT, index * Short.BYTES) << 16);
            case F16 -> Float.float16ToFloat(memory.get(SHORT, index * Short.BYTES));
            default -> throw new IllegalArgumentException(type + " is not benchmarked");
        };
    }

    private static int mantissaBits(DType type) {
        return switch (type) {
            case F64 -> MANTISSA;
            case F32 -> 23;
            case F16 -> 10;
            case BF16 -> 7;
            default -> throw new IllegalArgumentException(type + " is not benchmarked");
        };
    }
}
