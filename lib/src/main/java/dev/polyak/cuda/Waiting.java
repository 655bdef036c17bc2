package dev.polyak.cuda;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits by asking again and again: the runtime's own waiting cannot be interrupted. First at once, for work that is
 * nearly done, then in growing intervals, which leave the core and the driver's locks to others.
 */
final class Waiting {
    /** Queries without a pause: a few tens of microseconds. */
    private static final int SPINS = 50;

    private static final long FIRST_PAUSE_NANOS = 1_000;
    private static final long LONGEST_PAUSE_NANOS = 100_000;

    private Waiting() {}

    static void until(BooleanSupplier done) throws InterruptedException {
        long pause = FIRST_PAUSE_NANOS;
        for (int queries = 1; !done.getAsBoolean(); queries++) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting for a GPU");
            }
            if (queries < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            }
        }
    }
}
