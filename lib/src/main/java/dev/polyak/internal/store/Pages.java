package dev.polyak.internal.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Looks whether mapped memory is still there. A scalar access to a mapped file that was truncated throws; a vector
 * access does so only in a loop that is compiled, else it kills the JVM. Whether a loop is compiled cannot be known for
 * sure: HotSpot may go back to interpreting it for one call. So a scalar is read from each page before vectors go over
 * it, at no cost that measuring shows: the pages' memory has to come anyway.
 */
final class Pages {
    private static final int PAGE = 4096;

    /** Keeps the reads from being optimised away. Races are harmless. */
    @SuppressWarnings("unused")
    private static byte sink;

    private Pages() {}

    /** Reads a byte of each page of a range; throws an InternalError if one is gone. */
    static void probe(MemorySegment segment, long from, long bytes) {
        if (bytes == 0) {
            return;
        }
        byte sum = segment.get(ValueLayout.JAVA_BYTE, from + bytes - 1);
        for (long at = from; at < from + bytes; at += PAGE) {
            sum += segment.get(ValueLayout.JAVA_BYTE, at);
        }
        sink = sum;
    }
}
