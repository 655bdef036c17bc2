package dev.polyak.internal.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Copies consecutive elements from one type to another, rounded to nearest even. Offsets are in bytes, in any
 * alignment.
 */
public interface Conversion {
    /** Converts n elements. The two ranges must not overlap. */
    void run(MemorySegment from, long fromAt, MemorySegment to, long toAt, int n);
}
