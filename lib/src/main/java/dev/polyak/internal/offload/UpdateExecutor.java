package dev.polyak.internal.offload;

import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.MemoryLostException;
import dev.polyak.error.UpdateFailedException;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.offload.OffloadStats;
import org.jspecify.annotations.Nullable;

/**
 * How averages follow their model: at once, where both are on one device, or in the background. What only a background
 * has is empty here.
 */
public interface UpdateExecutor extends AutoCloseable {
    /**
     * Lets the averages take part in the planned call.
     *
     * @param number of the call, for messages
     * @param stream the stream that trains; null: the default stream, if there are any
     * @return the update; the model is read when its gate opens
     * @throws IllegalStateException if the update before has to be discarded, the thread is interrupted, or it would
     *     wait for a reading of its own; this one is not begun then
     * @throws UpdateFailedException if an update before failed and nobody has asked for it
     * @throws MemoryLostException if memory was lost; the averages are then torn
     */
    UpdateTicket update(long number, @Nullable CudaStream stream);

    /** Copies the model to every average; no update is under way. */
    void copyAll();

    /** How many elements stayed as they were, so far, since the source's were infinite or no numbers. */
    long elementsLeft();

    /**
     * Frees everything but the averages; waits for what is under way, but not forever. May be called again if it fails.
     *
     * @throws IllegalStateException if an update does not end; it uses its memory, and the averages', still
     */
    @Override
    void close();

    /** Whether every update is to wait at its gate. */
    default boolean isBlocking() {
        return false;
    }

    /** How many updates have been left out, since the last, because the averages were busy. */
    default int skippedSinceLast() {
        return 0;
    }

    /**
     * Waits until no update is under way; throws as {@link #update} if one has failed and nobody has asked for it.
     *
     * @throws IllegalStateException if one is that cannot end before this thread's reading does
     */
    default void settle() {}

    /** Number of the first call whose update is still under way, for a reader; 0 if there is none. */
    default long pending() {
        return 0;
    }

    /** Why the averages are torn; null if they are not. */
    default @Nullable MemoryLostException loss() {
        return null;
    }

    /** The averages have been set to good numbers, and calls are counted anew: what was before no longer matters. */
    default void restart(long calls) {}

    /** Memory of the model's layout that is free while no update is under way; null if there is none. */
    default @Nullable MemoryStore parking() {
        return null;
    }

    /** What the work in the background has cost so far. */
    default OffloadStats stats() {
        return Stats.NONE;
    }

    /** Whether an update has outlasted {@link #close()}. */
    default boolean isRunning() {
        return false;
    }
}
