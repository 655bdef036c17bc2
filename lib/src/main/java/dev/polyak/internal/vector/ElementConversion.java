package dev.polyak.internal.vector;

import dev.polyak.internal.kernel.Conversion;
import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.NativeMemory;
import dev.polyak.internal.kernel.Template;
import dev.polyak.internal.kernel.Variant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template: a conversion between two element types. Whatever is not a conversion from or to binary32 (binary64 to
 * bfloat16, say) is rare, and done by the scalar definition alone; so would one to binary16 be, which has a class of
 * its own.
 */
final class ElementConversion implements Conversion {
    private static final Variant.OfConversion VARIANT =
            Template.data(MethodHandles.lookup(), Variant.OfConversion.class);
    private static final Element FROM = VARIANT.from();
    private static final Element TO = VARIANT.to();
    private static final int FROM_BYTES = FROM.bytes();
    private static final int TO_BYTES = TO.bytes();
    private static final boolean WIDE = FROM == Element.F64 || TO == Element.F64;
    private static final boolean IN_VECTORS = TO != Element.F16 && (FROM == Element.F32 || TO == Element.F32);
    private static final VectorSpecies<Float> FLOATS =
            WIDE ? Species.halfFloats(VARIANT.vectorBits()) : Species.floats(VARIANT.vectorBits());
    private static final VectorSpecies<Double> DOUBLES = Species.doubles(VARIANT.vectorBits());
    private static final VectorSpecies<Integer> INTS = Species.ints(VARIANT.vectorBits());
    private static final VectorSpecies<Short> SHORTS = Species.shorts(VARIANT.vectorBits());
    private static final int LANES = FLOATS.length();
    /** With fewer elements there are no vectors, for the reason that {@link FloatLoop} gives. */
    private static final int FEW = 4 * LANES;

    private static final Compilation MANY = new Compilation(TO == Element.BF16 ? 10 : FROM == Element.F16 ? 8 : 3);

    @Override
    public void run(MemorySegment from, long fromAt, MemorySegment to, long toAt, int n) {
        if (!IN_VECTORS || n < (MANY.isDone() ? FEW : Compilation.FEWEST * LANES)) {
            few(from, fromAt, to, toAt, n);
        } else if (MANY.isDone()) {
            many(from, fromAt, to, toAt, n);
        } else {
            manyOfCopy(from, fromAt, to, toAt, n);
        }
    }

    private static void manyOfCopy(MemorySegment from, long fromAt, MemorySegment to, long toAt, int n) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = Compilation.room(arena);
            for (int i = 0, length; i < n; i += length) {
                length = Compilation.block(i, n);
                MemorySegment.copy(from, fromAt + (long) i * FROM_BYTES, copy, 0, (long) length * FROM_BYTES);
                long start = System.nanoTime();
                many(copy, 0, to, toAt + (long) i * TO_BYTES, length);
                MANY.took(System.nanoTime() - start, length / LANES);
            }
        }
    }

    private static void few(MemorySegment from, long fromAt, MemorySegment to, long toAt, int n) {
        for (int i = 0; i < n; i++) {
            if (FROM == Element.F64) {
                TO.putDouble(to, toAt + (long) i * TO_BYTES, FROM.doubleAt(from, fromAt + (long) i * FROM_BYTES));
            } else {
                TO.putFloat(to, toAt + (long) i * TO_BYTES, FROM.floatAt(from, fromAt + (long) i * FROM_BYTES));
            }
        }
    }

    /** One large method, for the reason that {@link FloatLoop} gives. */
    private static void many(MemorySegment fromMemory, long fromAt, MemorySegment toMemory, long toAt, int n) {
        MemorySegment from = NativeMemory.of(fromMemory);
        MemorySegment to = NativeMemory.of(toMemory);
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += LANES) {
            NativeMemory.surviveLoss();
            long here = fromAt + (long) i * FROM_BYTES;
            long there = toAt + (long) i * TO_BYTES;
            FloatVector values;
            if (FROM == Element.F32) {
                values = FloatVector.fromMemorySegment(FLOATS, from, here, Species.ORDER);
            } else if (FROM == Element.F64) {
                values = (FloatVector) DoubleVector.fromMemorySegment(DOUBLES, from, here, Species.ORDER)
                        .convertShape(VectorOperators.D2F, FLOATS, 0);
            } else {
                IntVector bits = (IntVector) ShortVector.fromMemorySegment(SHORTS, from, here, Species.ORDER)
                        .convertShape(VectorOperators.S2I, INTS, 0);
                values = FROM == Element.BF16 ? Bf16AndF16.fromBf16(bits) : Bf16AndF16.fromF16(bits, INTS);
            }
            if (TO == Element.F32) {
                values.intoMemorySegment(to, there, Species.ORDER);
            } else if (TO == Element.F64) {
                ((DoubleVector) values.convertShape(VectorOperators.F2D, DOUBLES, 0))
                        .intoMemorySegment(to, there, Species.ORDER);
            } else {
                ((ShortVector) Bf16AndF16.toBf16(values, INTS).convertShape(VectorOperators.I2S, SHORTS, 0))
                        .intoMemorySegment(to, there, Species.ORDER);
            }
        }
        for (int i = whole; i < n; i++) {
            if (FROM == Element.F64) {
                TO.putDouble(to, toAt + (long) i * TO_BYTES, FROM.doubleAt(from, fromAt + (long) i * FROM_BYTES));
            } else {
                TO.putFloat(to, toAt + (long) i * TO_BYTES, FROM.floatAt(from, fromAt + (long) i * FROM_BYTES));
            }
        }
    }
}
