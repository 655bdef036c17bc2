package dev.polyak.internal.scalar;

import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.Scan;
import dev.polyak.internal.kernel.Template;
import dev.polyak.internal.kernel.Variant;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** Template: a scan for elements that are infinite or no numbers. */
final class FiniteScan implements Scan {
    private static final Element TYPE =
            Template.data(MethodHandles.lookup(), Variant.OfScan.class).type();
    private static final int BYTES = TYPE.bytes();

    @Override
    public long nonFinite(MemorySegment segment, long at, int n) {
        long count = 0;
        for (int i = 0; i < n; i++) {
            count += Double.isFinite(TYPE.doubleAt(segment, at + (long) i * BYTES)) ? 0 : 1;
        }
        return count;
    }
}
