package dev.polyak.internal.scalar;

import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.Loop;
import dev.polyak.internal.kernel.Step;
import dev.polyak.internal.kernel.Template;
import dev.polyak.internal.kernel.Variant;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/**
 * Template: a step in binary32. Where the average is kept so, elements pass through arrays: the JIT compiler, which
 * cannot know whether two memories overlap, makes no SIMD of a loop over them.
 */
final class FloatLoop implements Loop {
    private static final Variant.OfLoop VARIANT = Template.data(MethodHandles.lookup(), Variant.OfLoop.class);
    private static final Step STEP = VARIANT.step();
    private static final Element AVERAGE = VARIANT.average();
    private static final Element SOURCE = VARIANT.source();
    private static final boolean FINITE_ONLY = VARIANT.finiteOnly();
    private static final int AVERAGE_BYTES = AVERAGE.bytes();
    private static final int SOURCE_BYTES = SOURCE.bytes();

    @Override
    public long one(MemorySegment e, long eAt, MemorySegment p, long pAt, double a, double b, int n) {
        // A move from an integer to a float is not made SIMD of, and so arrays would not help bfloat16. Most averages
        // in
        // binary16 have a loop of their own.
        if (FINITE_ONLY || AVERAGE != Element.F32 || SOURCE == Element.BF16) {
            return eachByItself(e, eAt, p, pAt, (float) a, (float) b, n);
        }
        FloatBlock block = FloatBlock.ofThread();
        for (int i = 0; i < n; i += FloatBlock.LENGTH) {
            int length = Math.min(FloatBlock.LENGTH, n - i);
            long at = eAt + (long) i * AVERAGE_BYTES;
            MemorySegment.copy(e, Element.FLOAT, at, block.average, 0, length);
            readSource(p, pAt + (long) i * SOURCE_BYTES, block.source, length);
            step(block.average, block.source, (float) a, (float) b, length);
            MemorySegment.copy(block.average, 0, e, Element.FLOAT, at, length);
        }
        return 0;
    }

    private static void readSource(MemorySegment memory, long at, float[] into, int n) {
        if (SOURCE == Element.F32) {
            MemorySegment.copy(memory, Element.FLOAT, at, into, 0, n);
        } else {
            for (int i = 0; i < n; i++) {
                into[i] = Element.F16.floatAt(memory, at + (long) i * Short.BYTES);
            }
        }
    }

    private static void step(float[] average, float[] source, float a, float b, int n) {
        for (int i = 0; i < n; i++) {
            average[i] = STEP.apply(average[i], source[i], a, b);
        }
    }

    private static long eachByItself(MemorySegment e, long eAt, MemorySegment p, long pAt, float a, float b, int n) {
        long left = 0;
        for (int i = 0; i < n; i++) {
            long at = eAt + (long) i * AVERAGE_BYTES;
            float source = SOURCE.floatAt(p, pAt + (long) i * SOURCE_BYTES);
            if (FINITE_ONLY && !Float.isFinite(source)) {
                left++;
            } else {
                AVERAGE.putFloat(e, at, STEP.apply(AVERAGE.floatAt(e, at), source, a, b));
            }
        }
        return left;
    }
}
