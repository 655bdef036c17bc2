package dev.polyak.internal.offload;

import dev.polyak.offload.OffloadStats;

/** The figures at one moment. */
record Stats(
        long updates, long bytes, long copying, long updating, long waited, long skipped, long failed, long staleness)
        implements OffloadStats {
    /** Those of an average that is updated at once. */
    static final OffloadStats NONE = new Stats(0, 0, 0, 0, 0, 0, 0, 0);
}
