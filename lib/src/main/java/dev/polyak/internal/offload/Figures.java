package dev.polyak.internal.offload;

import dev.polyak.offload.OffloadStats;

/** What the work in the background has cost so far. Guarded by its owner's monitor; times in nanoseconds. */
final class Figures {
    private long updates;
    private long bytes;
    private long copying;
    private long updating;
    private long waited;
    private long skipped;
    private long failed;
    private long latestBegun;
    private long latestMade;

    /** Calls are counted anew. */
    void restart(long calls) {
        latestBegun = calls;
        latestMade = calls;
    }

    void begun(long number) {
        latestBegun = number;
    }

    void waited(long nanos) {
        waited += nanos;
    }

    void skipped(long number) {
        skipped++;
        latestBegun = number;
    }

    void copied(long nanos, long size) {
        copying += nanos;
        bytes += size;
    }

    void mixed(long number, long nanos) {
        updating += nanos;
        updates++;
        latestMade = number;
    }

    void failed() {
        failed++;
    }

    OffloadStats stats() {
        return new Stats(updates, bytes, copying, updating, waited, skipped, failed, latestBegun - latestMade);
    }
}
