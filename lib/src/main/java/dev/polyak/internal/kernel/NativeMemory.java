package dev.polyak.internal.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory as the JIT compiler likes it.
 *
 * <p>Allocated and mapped segments are of two classes of the JDK, one below the other, and which of them a JVM has met
 * is recorded in code that all loops share. Where it has met both, every access of a loop asks which it is and whether
 * it is still open, and nothing of that is moved out of the loop. After a cast to the upper class there is nothing to
 * ask.
 */
public final class NativeMemory {
    private static final Class<? extends MemorySegment> CLASS = MemorySegment.NULL.getClass();
    /** Memory that is always there. */
    private static final MemorySegment ALWAYS_THERE = Arena.global().allocate(Long.BYTES);

    private NativeMemory() {}

    /** The same segment, which is not on the Java heap. To be called in the method that has the loop. */
    public static MemorySegment of(MemorySegment segment) {
        return CLASS.cast(segment);
    }

    /**
     * Makes a compiled loop survive a file that shrinks under its mapping. To be called inside the loop, beside each
     * vector access that reads or writes memory.
     *
     * <p>Touching what a shrunk file no longer has is a SIGBUS. HotSpot turns it into an InternalError only in compiled
     * methods that are marked as having scalar accesses to memory; elsewhere, and vector accesses do not mark, the JVM
     * dies. C2 drops this read, whose result nobody uses, and keeps the mark. A read before the loop is not enough: a
     * compilation that is entered at the loop does not contain it.
     */
    public static void surviveLoss() {
        ALWAYS_THERE.get(ValueLayout.JAVA_BYTE, 0);
    }
}
