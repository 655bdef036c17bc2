package dev.polyak.internal.kernel;

import dev.polyak.schedule.Schedule;

/**
 * The scalars of one or more consecutive updates, as a schedule gave them. Reused, so that an update allocates nothing.
 */
public final class Updates {
    final double[] weight;
    final double[] decay;
    final double[] divisor;
    private int count;

    /** Room for a number of updates, none in it. */
    public Updates(int capacity) {
        weight = new double[capacity];
        decay = new double[capacity];
        divisor = new double[capacity];
    }

    /** Forgets all updates. */
    public void clear() {
        count = 0;
    }

    /** Appends the n-th update of a schedule, n from 1. */
    public void add(Schedule schedule, long n) {
        weight[count] = schedule.weight(n);
        decay[count] = schedule.decay(n);
        divisor[count] = schedule.divisor(n);
        count++;
    }
}
