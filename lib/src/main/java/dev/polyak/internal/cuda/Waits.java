package dev.polyak.internal.cuda;

import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Ways to wait: for a GPU, in a thread that may be interrupted, and for what must not be left alone. */
public final class Waits {
    /** Queries without a pause: a few tens of microseconds. */
    private static final int SPINS = 50;

    private static final long FIRST_PAUSE_NANOS = 1_000;
    private static final long LONGEST_PAUSE_NANOS = 100_000;

    private Waits() {}

    /** What waits. Asked again after an interrupt. */
    public interface Wait {
        /** Returns when there is nothing left to wait for. */
        void await() throws InterruptedException;
    }

    /**
     * Waits by asking again and again: the runtime's own waiting cannot be interrupted. First at once, for work that is
     * nearly done, then in growing intervals, which leave the core and the driver's locks to others.
     */
    public static void until(BooleanSupplier done) throws InterruptedException {
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

    /** Waits, whatever interrupts the thread; an interrupt is told to the thread afterwards. */
    public static void uninterrupted(Wait wait) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    wait.await();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits until a stream's work so far is done, whatever interrupts the thread: memory that it uses is freed or read
     * afterwards.
     */
    public static void finish(CudaStream stream) {
        finish((Wait) stream::await);
    }

    /** Waits for what an event was recorded behind, in the same way. */
    public static void finish(CudaEvent event) {
        finish((Wait) event::await);
    }

    /** Waits in the same way. Who does so often keeps the wait: making one may allocate. */
    public static void finish(Wait wait) {
        try {
            uninterrupted(wait);
        } catch (CudaException e) {
            if (e.isSticky()) {
                throw e;
            }
            uninterrupted(wait); // a question that fails says nothing of the work: it is asked once more
        }
    }
}
