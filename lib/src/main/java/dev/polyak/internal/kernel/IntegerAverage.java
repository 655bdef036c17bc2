package dev.polyak.internal.kernel;

import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Averages of integers, as PyTorch's {@code e.copy_(e * d + p * w)} makes them: computed in binary32, then truncated
 * toward zero. Whatever the order for floating-point tensors, the frameworks that average integers do it so
 * ({@link UpdateFormula#MEAN} excepted).
 */
public final class IntegerAverage {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final float TWO_63 = 0x1p63f;

    private IntegerAverage() {}

    /** Mixes elements of a source into an average of the same integer type; offsets are in bytes. */
    public static void update(
            DType type,
            UpdateFormula formula,
            double weight,
            double decay,
            double divisor,
            MemorySegment e,
            long eAt,
            MemorySegment p,
            long pAt,
            int count) {
        int bytes = type.bits() / 8;
        Step step = formula == UpdateFormula.MEAN ? Step.MEAN : Step.BLEND;
        float a = (float) (formula == UpdateFormula.MEAN ? divisor : weight);
        float b = (float) decay;
        for (int i = 0; i < count; i++) {
            long at = (long) i * bytes;
            put(type, e, eAt + at, step.apply(get(type, e, eAt + at), get(type, p, pAt + at), a, b));
        }
    }

    private static float get(DType type, MemorySegment segment, long at) {
        return switch (type) {
            case I8 -> segment.get(ValueLayout.JAVA_BYTE, at);
            case U8 -> segment.get(ValueLayout.JAVA_BYTE, at) & 0xff;
            case I16 -> segment.get(SHORT, at);
            case U16 -> segment.get(SHORT, at) & 0xffff;
            case I32 -> segment.get(INT, at);
            case U32 -> segment.get(INT, at) & 0xffff_ffffL;
            case I64 -> segment.get(LONG, at);
            case U64 -> unsigned(segment.get(LONG, at));
            default -> throw new IllegalArgumentException(type + " is no integer type");
        };
    }

    private static void put(DType type, MemorySegment segment, long at, float value) {
        switch (type.bits()) {
            case 8 -> segment.set(ValueLayout.JAVA_BYTE, at, (byte) (long) value);
            case 16 -> segment.set(SHORT, at, (short) (long) value);
            case 32 -> segment.set(INT, at, (int) (long) value);
            default ->
                segment.set(
                        LONG,
                        at,
                        type == DType.U64 && value >= TWO_63 ? (long) (value - TWO_63) + Long.MIN_VALUE : (long) value);
        }
    }

    private static float unsigned(long value) {
        // A set last bit keeps the halved number on its side of the middle between two floats.
        return value >= 0 ? value : (float) ((value >>> 1) | (value & 1)) * 2;
    }
}
