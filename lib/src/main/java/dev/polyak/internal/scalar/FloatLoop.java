package dev.polyak.internal.scalar;

import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.Loop;
import dev.polyak.internal.kernel.Step;
import dev.polyak.internal.kernel.Template;
import dev.polyak.internal.kernel.Variant;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** Template: a step in binary32. */
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
        long left = 0;
        float floatA = (float) a;
        float floatB = (float) b;
        for (int i = 0; i < n; i++) {
            long at = eAt + (long) i * AVERAGE_BYTES;
            float source = SOURCE.floatAt(p, pAt + (long) i * SOURCE_BYTES);
            if (FINITE_ONLY && !Float.isFinite(source)) {
                left++;
            } else {
                AVERAGE.putFloat(e, at, STEP.apply(AVERAGE.floatAt(e, at), source, floatA, floatB));
            }
        }
        return left;
    }
}
