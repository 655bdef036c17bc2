package dev.polyak;

import dev.polyak.error.NonFiniteException;

/**
 * What an update does when the source holds an infinity or a NaN, which would stay in the average for good. Only
 * tensors that are averaged are looked at; a call that copies takes the source as it is.
 */
public enum NonFinitePolicy {
    /** Mixes it in, as all frameworks do. Costs nothing. */
    FOLD,
    /** Leaves those elements of the average, and counts them. Part of the update: no further pass over memory. */
    SKIP_ELEMENT,
    /**
     * Leaves the whole average as it is and counts the update as skipped. Costs a reading pass before the first write.
     */
    SKIP_UPDATE,
    /**
     * Throws a {@link NonFiniteException} and leaves the average as it is. Costs a reading pass before the first write.
     */
    ABORT
}
