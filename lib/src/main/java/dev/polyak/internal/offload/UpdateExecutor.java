package dev.polyak.internal.offload;

import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.MemoryLostException;
import dev.polyak.error.UpdateFailedException;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.offload.OffloadStats;
import org.jspecify.annotations.Nullable;

/** How averages follow their model: at once, where both are on one device, or in the background. */
public interface UpdateExecutor extends AutoCloseable {
    /**
     * Lets the averages take part in the planned call.
     *
     * @param number of the call, for messages
     * @param stream the stream that trains; null: the default stream, if there are any
     * @return the update; the model is read when its gate opens
     * @throws IllegalStateException if the update before has to be discarded, or the thread is interrupted; this one is
     *     not begun then
     * @throws UpdateFailedException if an update before failed and nobody has asked for it
     * @throws MemoryLostException if memory was lost; the averages are then torn
     */
    UpdateTicket update(long number, @Nullable CudaStream stream);

    /** Whether every update is to wait at its gate. */
    boolean isBlocking();

    /** Copies the model to every average. */
    void copyAll();

    /** How many updates have been left out, since the last, because the averages were busy. */
    int skippedSinceLast();

    /** Waits until no update is under way; throws as {@link #update} if one has failed and nobody has asked for it. */
    void settle();

    /** The averages have been set to good numbers from elsewhere: memory lost before no longer matters. */
    void clearLoss();

    /** Keeps updates from being made until {@link #resume()}, for a reader. */
    void pause();

    /** Ends {@link #pause()}. */
    void resume();

    /** Memory of the model's layout that is free while no update is under way; null if there is none. */
    @Nullable
    MemoryStore parking();

    /** What the work in the background has cost so far. */
    OffloadStats stats();

    /** How many elements stayed as they were, so far, since the source's were infinite or no numbers. */
    long elementsLeft();

    /** Frees everything but the averages; waits for what is under way, but not forever. */
    @Override
    void close();
}
