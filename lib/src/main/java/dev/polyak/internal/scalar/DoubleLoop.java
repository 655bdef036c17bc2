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
    private static final Step STEP =
            Template.data(MethodHandles.lookup(), Variant.OfLoop.class).step();

    @Override
    public void one(MemorySegment e, long eAt, MemorySegment p, long pAt, double a, double b, int n) {
        for (int i = 0; i < n; i++) {
            long at = (long) i * Double.BYTES;
            double source = Element.F64.doubleAt(p, pAt + at);
            Element.F64.putDouble(e, eAt + at, STEP.apply(Element.F64.doubleAt(e, eAt + at), source, a, b));
        }
    }

    @Override
    public void four(
            MemorySegment e, long eAt, MemorySegment[] sources, long[] at, double[] a, double[] b, int first, int n) {
        for (int j = first; j < first + 4; j++) {
            one(e, eAt, sources[j], at[j], a[j], b[j], n);
        }
    }
}
