package dev.polyak.internal.vector;

import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.NativeMemory;
import dev.polyak.internal.kernel.Scan;
import dev.polyak.internal.kernel.Template;
import dev.polyak.internal.kernel.Variant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template: a scan for elements that are infinite or no numbers. In the narrow types these are told by their bits: no
 * conversion is needed.
 */
final class FiniteScan implements Scan {
    private static final Variant.OfScan VARIANT = Template.data(MethodHandles.lookup(), Variant.OfScan.class);
    private static final Element TYPE = VARIANT.type();
    private static final int BYTES = TYPE.bytes();
    private static final VectorSpecies<Float> FLOATS = Species.floats(VARIANT.vectorBits());
    private static final VectorSpecies<Double> DOUBLES = Species.doubles(VARIANT.vectorBits());
    private static final VectorSpecies<Short> SHORTS = Species.wholeShorts(VARIANT.vectorBits());
    private static final short INFINITY = (short) (TYPE == Element.BF16 ? 0x7f80 : 0x7c00);
    private static final int LANES = VARIANT.vectorBits() / 8 / BYTES;

    private static final Compilation ALL = new Compilation(3);

    @Override
    public long nonFinite(MemorySegment memory, long at, int n) {
        if (ALL.isDone()) {
            return scan(memory, at, n);
        }
        return n < Compilation.FEWEST * LANES ? n - finite(memory, at, 0, n) : scanCopy(memory, at, n);
    }

    private static long scanCopy(MemorySegment memory, long at, int n) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = Compilation.room(arena);
            long found = 0;
            for (int i = 0, length; i < n; i += length) {
                length = Compilation.block(i, n);
                MemorySegment.copy(memory, at + (long) i * BYTES, copy, 0, (long) length * BYTES);
                long start = System.nanoTime();
                found += scan(copy, 0, length);
                ALL.took(System.nanoTime() - start, length / LANES);
            }
            return found;
        }
    }

    /** One large method, for the reason that {@link FloatLoop} gives. */
    private static long scan(MemorySegment memory, long at, int n) {
        MemorySegment segment = NativeMemory.of(memory);
        long finite = 0;
        int whole = LANES == 2 ? 0 : n - n % LANES; // of masks of two lanes C2 makes objects
        if (TYPE == Element.F32) {
            for (int i = 0; i < whole; i += LANES) {
                NativeMemory.surviveLoss();
                finite += FloatVector.fromMemorySegment(FLOATS, segment, at + (long) i * BYTES, Species.ORDER)
                        .abs()
                        .compare(VectorOperators.LE, Float.MAX_VALUE)
                        .trueCount();
            }
        } else if (TYPE == Element.F64) {
            for (int i = 0; i < whole; i += LANES) {
                NativeMemory.surviveLoss();
                finite += DoubleVector.fromMemorySegment(DOUBLES, segment, at + (long) i * BYTES, Species.ORDER)
                        .abs()
                        .compare(VectorOperators.LE, Double.MAX_VALUE)
                        .trueCount();
            }
        } else {
            for (int i = 0; i < whole; i += LANES) {
                NativeMemory.surviveLoss();
                finite += ShortVector.fromMemorySegment(SHORTS, segment, at + (long) i * BYTES, Species.ORDER)
                        .and((short) 0x7fff)
                        .compare(VectorOperators.LT, INFINITY)
                        .trueCount();
            }
        }
        return n - finite - finite(segment, at, whole, n);
    }

    /** How many elements from one up to another are finite, one by one. */
    private static long finite(MemorySegment segment, long at, int from, int to) {
        long finite = 0;
        for (int i = from; i < to; i++) {
            long here = at + (long) i * BYTES;
            if (TYPE == Element.F64) {
                finite += Double.isFinite(TYPE.doubleAt(segment, here)) ? 1 : 0;
            } else {
                finite += Float.isFinite(TYPE.floatAt(segment, here)) ? 1 : 0;
            }
        }
        return finite;
    }
}
