package dev.polyak;

/**
 * What the background work of an average on another device than its model has cost so far. Times are in nanoseconds.
 *
 * @param updates updates that were made
 * @param bytes bytes of the model that were copied for them
 * @param copying time from an update's begin until its copies were there, in which training goes on
 * @param folding time in which the averages were updated
 * @param waited time in which the training's thread waited for a staging
 * @param skipped updates that were left out because no staging was free
 * @param failed updates that failed or were discarded
 * @param staleness calls that the averages are behind the model at this moment
 */
public record OffloadStats(
        long updates, long bytes, long copying, long folding, long waited, long skipped, long failed, long staleness) {
    /** Those of an average that is updated at once. */
    public static final OffloadStats NONE = new OffloadStats(0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * The bandwidth of the copies, between an update's begin and its last byte.
     *
     * @return bytes per second; 0 if nothing was copied
     */
    public double bandwidth() {
        return copying == 0 ? 0 : bytes * 1e9 / copying;
    }
}
