package dev.polyak.internal.scalar;

import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.Loop;
import dev.polyak.internal.kernel.Step;
import dev.polyak.internal.kernel.Template;
import dev.polyak.internal.kernel.Variant;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** Template: a step in binary64. */
final class DoubleLoop implements Loop {
    private static final Variant.OfLoop VARIANT = Template.data(MethodHandles.lookup(), Variant.OfLoop.class);
    private static final Step STEP = VARIANT.step();
    private static final boolean FINITE_ONLY = VARIANT.finiteOnly();

    @Override
    public long one(MemorySegment e, long eAt, MemorySegment p, long pAt, double a, double b, int n) {
        long left = 0;
        for (int i = 0; i < n; i++) {
            long at = (long) i * Double.BYTES;
            double source = Element.F64.doubleAt(p, pAt + at);
            if (FINITE_ONLY && !Double.isFinite(source)) {
                left++;
            } else {
                Element.F64.putDouble(e, eAt + at, STEP.apply(Element.F64.doubleAt(e, eAt + at), source, a, b));
            }
        }
        return left;
    }
}
