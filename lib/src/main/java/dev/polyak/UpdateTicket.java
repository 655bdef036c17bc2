package dev.polyak;

import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.error.UpdateFailedException;
import dev.polyak.internal.update.StampedTicket;
import dev.polyak.offload.Offload;
import dev.polyak.offload.UpdateTimes;

/**
 * One update of an average, which may still be under way.
 *
 * <p>A ticket is valid until as many further updates have begun as there are {@linkplain Offload#stagings stagings}; of
 * an average on its model's device, until the next. After that every method but {@link #update()} throws an
 * {@link IllegalStateException}. Tickets are used again: after a few hundred further updates the same object is the
 * ticket of another, whose number {@link #update()} then tells. Any thread may ask.
 */
public sealed interface UpdateTicket permits StampedTicket {
    /** The ticket of an update that was done when it was returned. */
    UpdateTicket DONE = new StampedTicket();

    /**
     * Which update this is.
     *
     * @return the number of the call that returned this, from 1; 0 if the update was done then
     */
    long update();

    /**
     * Whether the update has ended, well or not.
     *
     * @return true if {@link #await()} would not wait
     * @throws IllegalStateException if the ticket is no longer valid
     * @throws CudaException if the GPU fails
     */
    boolean isDone();

    /**
     * Waits for the update to end.
     *
     * @throws InterruptedException if the thread is interrupted; the update goes on
     * @throws UpdateFailedException if it failed; the average is as it was before it
     * @throws MemoryLostException if it failed half-way; the average is torn
     * @throws IllegalStateException if the ticket is no longer valid, or the update cannot end before this thread
     *     closes its {@linkplain ParameterAverage#reading reading}
     * @throws CudaException if the GPU fails
     */
    void await() throws InterruptedException;

    /**
     * Waits until the model may be written to: its numbers are read, though perhaps not yet averaged.
     *
     * @throws InterruptedException if the thread is interrupted; the model may not be written to then
     * @throws IllegalStateException if the ticket is no longer valid
     * @throws CudaException if the GPU fails
     */
    void gate() throws InterruptedException;

    /**
     * Lets the later work of a stream wait until the model may be written to. To be called before anything is enqueued
     * that writes to the model's parameters: an optimizer's step, clipping, loading.
     *
     * @param stream the stream that will write
     * @throws IllegalStateException if the ticket is no longer valid
     * @throws CudaException if the GPU fails
     */
    void gate(CudaStream stream);

    /**
     * How far the update has come.
     *
     * @return 0 to 1
     * @throws IllegalStateException if the ticket is no longer valid
     */
    double progress();

    /**
     * When the update took place, if it was made in the background and has ended well.
     *
     * @return the times; all 0 for others
     * @throws IllegalStateException if the ticket is no longer valid
     */
    UpdateTimes times();
}
