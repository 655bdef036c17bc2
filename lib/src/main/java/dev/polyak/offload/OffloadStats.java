package dev.polyak.offload;

/**
 * What the background work of an average on another device than its model has cost so far. Times are in nanoseconds. Of
 * an average that is updated at once, all figures are 0.
 */
public interface OffloadStats {
    /**
     * Updates that were made.
     *
     * @return how many
     */
    long updates();

    /**
     * Bytes of the model that were copied for them.
     *
     * @return how many
     */
    long bytes();

    /**
     * Time from an update's begin until its copies were there, in which training goes on.
     *
     * @return nanoseconds, over all updates
     */
    long copying();

    /**
     * Time in which the averages were updated.
     *
     * @return nanoseconds, over all updates
     */
    long updating();

    /**
     * Time in which the training's thread waited for a staging.
     *
     * @return nanoseconds, over all updates
     */
    long waited();

    /**
     * Updates that were left out because no staging was free.
     *
     * @return how many
     */
    long skipped();

    /**
     * Updates that failed or were discarded.
     *
     * @return how many
     */
    long failed();

    /**
     * How far the averages are behind the model at this moment.
     *
     * @return calls
     */
    long staleness();

    /**
     * The bandwidth of the copies, between an update's begin and its last byte.
     *
     * @return bytes per second; 0 if nothing was copied
     */
    default double bandwidth() {
        return copying() == 0 ? 0 : bytes() * 1e9 / copying();
    }
}
