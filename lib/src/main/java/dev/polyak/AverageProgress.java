package dev.polyak;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** How many updates have been made of each average, and how many left out. Written by whoever makes them. */
final class AverageProgress {
    private final long[] updates;
    private final AtomicLong skipped = new AtomicLong();

    AverageProgress(int averages) {
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

    void restart(long made) {
        Arrays.fill(updates, made);
    }

    long updates(int which) {
        return updates[which];
    }

    /** Updates left out because of infinities and NaNs. For any thread. */
    long skippedUpdates() {
        return skipped.get();
    }
}
