package dev.polyak.internal.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/**
 * Template: a step in binary32 of averages that are kept in binary16, of sources in binary32 or binary16. It is plain
 * Java in every backend: C2 makes SIMD of it with the processor's own conversions, which the Vector API does not have.
 *
 * <p>Results go through an array, since C2 cannot know whether two memories overlap; and so do sources in binary32,
 * since it makes no SIMD of unaligned floats.
 */
final class F16Loop implements Loop {
    private static final Variant.OfLoop VARIANT = Template.data(MethodHandles.lookup(), Variant.OfLoop.class);
    private static final Step STEP = VARIANT.step();
    private static final boolean IS_SOURCE_WIDE = VARIANT.source() == Element.F32;
    private static final int SOURCE_BYTES = VARIANT.source().bytes();

    @Override
    public long one(MemorySegment e, long eAt, MemorySegment p, long pAt, double a, double b, int n) {
        F16Block block = F16Block.ofThread();
        for (int i = 0; i < n; i += F16Block.LENGTH) {
            int length = Math.min(F16Block.LENGTH, n - i);
            long at = eAt + (long) i * Short.BYTES;
            long there = pAt + (long) i * SOURCE_BYTES;
            if (IS_SOURCE_WIDE) {
                MemorySegment.copy(p, Element.FLOAT, there, block.wide, 0, length);
                stepOfWide(e, at, block.wide, (float) a, (float) b, block.narrow, length);
            } else {
                step(e, at, p, there, (float) a, (float) b, block.narrow, length);
            }
            MemorySegment.copy(block.narrow, 0, e, Element.SHORT, at, length);
        }
        return 0;
    }

    private static void stepOfWide(
            MemorySegment memory, long at, float[] sources, float a, float b, short[] results, int n) {
        MemorySegment e = NativeMemory.of(memory);
        for (int i = 0; i < n; i++) {
            float average = Element.F16.floatAt(e, at + (long) i * Short.BYTES);
            results[i] = Float.floatToFloat16(STEP.apply(average, sources[i], a, b));
        }
    }

    private static void step(
            MemorySegment eMemory,
            long eAt,
            MemorySegment pMemory,
            long pAt,
            float a,
            float b,
            short[] results,
            int n) {
        MemorySegment e = NativeMemory.of(eMemory);
        MemorySegment p = NativeMemory.of(pMemory);
        for (int i = 0; i < n; i++) {
            float average = Element.F16.floatAt(e, eAt + (long) i * Short.BYTES);
            float source = Element.F16.floatAt(p, pAt + (long) i * Short.BYTES);
            results[i] = Float.floatToFloat16(STEP.apply(average, source, a, b));
        }
    }
}
