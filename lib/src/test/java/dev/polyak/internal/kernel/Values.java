package dev.polyak.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;

/** Numbers for tests: with every special value, at every alignment. */
public final class Values {
    public static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final double[] SPECIAL = {
        0.0,
        -0.0,
        1,
        -1,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Double.MAX_VALUE,
        65504,
        65519,
        65520,
        0x1p-14,
        0x1p-24,
        0x1p-25,
        0x1.8p-25
    };

    private Values() {}

    /** n elements from a byte offset on, a third of them special, the others of many magnitudes. */
    public static MemorySegment random(Arena arena, Element type, int n, int at, Random random) {
        MemorySegment segment = arena.allocate(at + (long) n * type.bytes() + 8, 64);
        for (int i = 0; i < n; i++) {
            double value = random.nextInt(3) == 0
                    ? SPECIAL[random.nextInt(SPECIAL.length)]
                    : random.nextGaussian() * Math.scalb(1.0, random.nextInt(40) - 20);
            type.putDouble(segment, at + (long) i * type.bytes(), value);
        }
        return segment;
    }

    public static MemorySegment copy(Arena arena, MemorySegment segment) {
        return arena.allocate(segment.byteSize(), 64).copyFrom(segment);
    }

    /** The whole memory must agree, so that a write beyond the elements shows too. */
    public static void assertSameBits(
            String what, Element type, MemorySegment actual, MemorySegment expected, long at, int n) {
        for (int i = 0; i < n; i++) {
            long here = at + (long) i * type.bytes();
            double one = type.doubleAt(actual, here);
            double other = type.doubleAt(expected, here);
            if (Double.doubleToLongBits(one) != Double.doubleToLongBits(other)) { // which knows one NaN
                assertThat(one).as("%s, element %d of %d", what, i, n).isEqualTo(other);
                throw new AssertionError(what + ", element " + i + ": " + one + " is not " + other);
            }
        }
        long end = at + (long) n * type.bytes();
        assertThat(actual.asSlice(end, Math.min(actual.byteSize(), expected.byteSize()) - end)
                        .mismatch(expected.asSlice(end, Math.min(actual.byteSize(), expected.byteSize()) - end)))
                .as("%s wrote beyond its elements", what)
                .isEqualTo(-1);
    }

    /** What the bits of a binary floating-point number with 16 bits mean, by the definition of IEEE 754. */
    public static double decode(int bits, int mantissaBits, int bias) {
        int mantissa = bits & ((1 << mantissaBits) - 1);
        int exponent = (bits >> mantissaBits) & ((1 << (15 - mantissaBits)) - 1);
        double sign = (bits & 0x8000) == 0 ? 1 : -1;
        if (exponent == (1 << (15 - mantissaBits)) - 1) {
            return mantissa == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
        }
        return exponent == 0
                ? sign * Math.scalb((double) mantissa, 1 - bias - mantissaBits)
                : sign * Math.scalb((double) (mantissa + (1 << mantissaBits)), exponent - bias - mantissaBits);
    }
}
