package dev.polyak.internal.scalar;

import dev.polyak.internal.kernel.Conversion;
import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.Template;
import dev.polyak.internal.kernel.Variant;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** Template: a conversion between two element types. */
final class ElementConversion implements Conversion {
    private static final Variant.OfConversion VARIANT =
            Template.data(MethodHandles.lookup(), Variant.OfConversion.class);
    private static final Element FROM = VARIANT.from();
    private static final Element TO = VARIANT.to();
    private static final int FROM_BYTES = FROM.bytes();
    private static final int TO_BYTES = TO.bytes();

    @Override
    public void run(MemorySegment from, long fromAt, MemorySegment to, long toAt, int n) {
        if (FROM == Element.F64) {
            for (int i = 0; i < n; i++) {
                TO.putDouble(to, toAt + (long) i * TO_BYTES, FROM.doubleAt(from, fromAt + (long) i * FROM_BYTES));
            }
        } else {
            for (int i = 0; i < n; i++) {
                TO.putFloat(to, toAt + (long) i * TO_BYTES, FROM.floatAt(from, fromAt + (long) i * FROM_BYTES));
            }
        }
    }
}
