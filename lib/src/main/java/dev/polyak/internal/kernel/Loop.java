package dev.polyak.internal.kernel;

import java.lang.foreign.MemorySegment;

/**
 * One {@link Step} over consecutive elements in native memory. Offsets are in bytes, in any alignment; nothing is
 * allocated.
 */
public interface Loop {

    /**
     * e[i] ← f(e[i], p[i]) for i below n; a and b are rounded to the element's precision.
     *
     * @return how many elements a finite-only loop left; 0 for the others
     */
    long one(MemorySegment e, long eAt, MemorySegment p, long pAt, double a, double b, int n);

    /**
     * The same for four sources, one after the other, each with its own a and b, while e is in a register.
     *
     * @param sources the sources are at first, first + 1, … in this and the following arrays
     * @return how many elements a finite-only loop left; 0 for the others
     */
    default long four(
            MemorySegment e, long eAt, MemorySegment[] sources, long[] at, double[] a, double[] b, int first, int n) {
        long left = 0;
        for (int j = first; j < first + 4; j++) {
            left += one(e, eAt, sources[j], at[j], a[j], b[j], n);
        }
        return left;
    }

    /**
     * The same for one source and two averages, while p is in a register.
     *
     * @param a the scalars for e and for f
     * @param b the scalars for e and for f
     * @return how many elements a finite-only loop left, in both; 0 for the others
     */
    default long two(
            MemorySegment e, MemorySegment f, long eAt, MemorySegment p, long pAt, double[] a, double[] b, int n) {
        return one(e, eAt, p, pAt, a[0], b[0], n) + one(f, eAt, p, pAt, a[1], b[1], n);
    }
}
