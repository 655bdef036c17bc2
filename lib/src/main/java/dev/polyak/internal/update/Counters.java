package dev.polyak.internal.update;

import dev.polyak.AverageCounters;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** How many calls there have been, and how many updates have been made of each average, or left out. */
public final class Counters {
    /** Written, as what follows, by whoever makes an update, while nobody reads the averages. */
    private final long[] updates;

    private volatile long made;
    private volatile long calls;
    private final AtomicLong skipped = new AtomicLong();

    public Counters(int averages) {
        this.updates = new long[averages];
    }

    /** The update of a call has been made. */
    void made(long number, List<PlannedCall> plans) {
        for (int k = 0; k < updates.length; k++) {
            updates[k] += plans.get(k).updates() ? 1 : 0;
        }
        made = number;
    }

    /** The update of a call was left out because of infinities and NaNs. */
    void skipped(long number) {
        skipped.incrementAndGet();
        made = number;
    }

    /** A call has returned, whether its update is made already or not. */
    public void called(long number) {
        calls = number;
    }

    /** Goes on from the counters of each average, which have the same calls. */
    public void restart(List<AverageCounters> counters) {
        Arrays.setAll(updates, k -> counters.get(k).updates());
        calls = counters.get(0).calls();
        made = calls;
    }

    /** Begins anew. Allocates nothing. */
    public void restart() {
        Arrays.fill(updates, 0);
        calls = 0;
        made = 0;
    }

    public long calls() {
        return calls;
    }

    public long updates(int which) {
        return updates[which];
    }

    /**
     * What belongs to the numbers of an average, while nothing changes them.
     *
     * @param calls how many there were before it was asked what is under way: of later ones nothing is in the numbers
     * @param pending number of the first call whose update is still under way; 0 if there is none
     */
    public AverageCounters of(int which, long calls, long pending) {
        return new AverageCounters(pending > 0 ? pending - 1 : Math.max(calls, made), updates[which]);
    }

    /** Updates left out because of infinities and NaNs. For any thread. */
    public long skippedUpdates() {
        return skipped.get();
    }
}
