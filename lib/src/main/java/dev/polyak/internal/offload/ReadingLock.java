package dev.polyak.internal.offload;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the readings of averages and the changes to them apart: any number of readings at a time, or one change, in the
 * order in which they come. A reading belongs to the thread that began it, and may be ended by any.
 */
public final class ReadingLock {
    private static final int ALL = Integer.MAX_VALUE;

    private final Semaphore permits = new Semaphore(ALL, true);
    private final List<Thread> readers = new CopyOnWriteArrayList<>();

    /** Begins a reading of this thread, which may have others already. */
    public void beginReading() {
        if (!isReadHere() || !permits.tryAcquire()) { // which goes before changes that wait for this thread
            permits.acquireUninterruptibly();
        }
        readers.add(Thread.currentThread());
    }

    /** Ends a reading of the thread that began it. */
    public void endReading(Thread reader) {
        readers.remove(reader);
        permits.release();
    }

    /** Whether this thread has a reading, and so must not wait for a change. */
    public boolean isReadHere() {
        return readers.contains(Thread.currentThread());
    }

    /** Begins a change, after the readings of other threads; refused to a thread that reads. Allocates nothing. */
    public void beginChange() {
        requireNoneHere();
        permits.acquireUninterruptibly(ALL);
    }

    /** Begins a change in a thread that does not read. */
    void beginChangeInterruptibly() throws InterruptedException {
        permits.acquire(ALL);
    }

    /** Ends a change. */
    public void endChange() {
        permits.release(ALL);
    }

    /** Refuses a thread that reads. */
    public void requireNoneHere() {
        if (isReadHere()) {
            throw new IllegalStateException("this thread is reading the average, which must not change meanwhile:"
                    + " close the scope that reading() returned first");
        }
    }

    /** Waits until there is no reading, but not forever. */
    public boolean awaitNone(long millis) throws InterruptedException {
        boolean none = permits.tryAcquire(ALL, millis, TimeUnit.MILLISECONDS);
        if (none) {
            endChange();
        }
        return none;
    }
}
