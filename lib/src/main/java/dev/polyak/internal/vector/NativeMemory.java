package dev.polyak.internal.vector;

import java.lang.foreign.MemorySegment;

/**
 * Native memory as the JIT compiler likes it.
 *
 * <p>Allocated and mapped segments are of two classes of the JDK, one below the other, and which of them a JVM has met
 * is recorded in code that all loops share. Where it has met both, every access of a loop asks which it is and whether
 * it is still open, and nothing of that is moved out of the loop. After a cast to the upper class there is nothing to
 * ask.
 */
final class NativeMemory {
    private static final Class<? extends MemorySegment> CLASS = MemorySegment.NULL.getClass();

    private NativeMemory() {}

    /** The same segment, which is not on the Java heap. To be called in the method that has the loop. */
    static MemorySegment of(MemorySegment segment) {
        return CLASS.cast(segment);
    }
}
