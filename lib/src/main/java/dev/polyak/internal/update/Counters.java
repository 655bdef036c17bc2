package dev.polyak.internal.update;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** How many updates have been made of each average, and how many left out. Written by whoever makes them. */
public final class Counters {
    private final long[] updates;
    private final AtomicLong skipped = new AtomicLong();

    public Counters(int averages) {
        this.updates = new long[averages];
    }

    void made(List<PlannedCall> calls) {
        for (int k = 0; k < updates.length; k++) {
            updates[k] += calls.get(k).updates() ? 1 : 0;
        }
    }

    void skipped() {
        skipped.incrementAndGet();
    }

    public void restart(long made) {
        Arrays.fill(updates, made);
    }

    public long updates(int which) {
        return updates[which];
    }

    /** Updates left out because of infinities and NaNs. For any thread. */
    public long skippedUpdates() {
        return skipped.get();
    }
}
