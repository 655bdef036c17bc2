package dev.polyak.internal.kernel;

import java.lang.foreign.MemorySegment;

/** Counts elements that are infinite or no numbers. */
public interface Scan {
    /** How many of n elements from a byte offset on are infinite or no numbers. */
    long nonFinite(MemorySegment segment, long at, int n);
}
