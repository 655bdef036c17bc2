package dev.polyak.bench.lab;

import dev.polyak.bench.work.Task;

/** A task, and how often it is to be repeated so that a clock can tell how long it takes. */
final class CalibratedTask {
    private static final long WARM_UP_NANOS = 150_000_000;
    /**
     * A method that is called for each piece of 64 Ki elements is compiled for good at the 5,000th call, which takes as
     * long as ten laps.
     */
    private static final long WARM_UP_BYTES = 6_000L * (1 << 16) * 3 * Float.BYTES;

    private static final long LONG_WARM_UP_NANOS = 1_000_000_000;

    private static final long LIMIT_WARM_UP_NANOS = 20_000_000;
    private static final int LEAST_WARM_UPS = 5;
    /**
     * Work on fewer bytes is compiled only after thousands of calls: until then vectors are a thousand times slower.
     */
    private static final long SMALL_BYTES = 1 << 20;

    private static final int SMALL_WARM_UPS = 20_000;
    private static final long LONGEST_WARM_UP_NANOS = 5_000_000_000L;
    private static final double LAP_NANOS = 2e6;
    private final Task task;
    private final boolean isLimit;
    private int repetitions = 1;

    private CalibratedTask(Task task, boolean isLimit) {
        this.task = task;
        this.isLimit = isLimit;
    }

    /** A way of doing some work. */
    static CalibratedTask way(Task task) {
        return new CalibratedTask(task, false);
    }

    /** A limit: one loop, as a rule in C. */
    static CalibratedTask limit(Task task) {
        return new CalibratedTask(task, true);
    }

    Task task() {
        return task;
    }

    /** Whether its threads may wait actively for a while after it. */
    boolean spins() {
        return isLimit || task.name().equals(Task.IN_C);
    }

    /** Runs it until its code is compiled. */
    void warmUp() throws Exception {
        long begin = System.nanoTime();
        double least = Double.MAX_VALUE; // a run may have been interrupted
        int runs = 0;
        for (long elapsed = 0; isCold(runs, elapsed); elapsed = System.nanoTime() - begin) {
            least = Math.min(least, once());
            runs++;
        }
        repetitions = (int) Math.max(1, LAP_NANOS / Math.max(1, least));
    }

    private boolean isCold(int runs, long elapsed) {
        return runs < LEAST_WARM_UPS
                || elapsed < (isLimit ? LIMIT_WARM_UP_NANOS : WARM_UP_NANOS)
                || (!isLimit && runs * task.bytes() < WARM_UP_BYTES && elapsed < LONG_WARM_UP_NANOS)
                || (task.bytes() < SMALL_BYTES && runs < SMALL_WARM_UPS && elapsed < LONGEST_WARM_UP_NANOS);
    }

    /** Milliseconds that it takes. */
    double lap() throws Exception {
        return once() / 1e6;
    }

    private double once() throws Exception {
        long begin = System.nanoTime();
        for (int i = 0; i < repetitions; i++) {
            task.action().run();
        }
        return (double) (System.nanoTime() - begin) / repetitions;
    }
}
