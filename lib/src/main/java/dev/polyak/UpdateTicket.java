package dev.polyak;

import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.error.UpdateFailedException;
import dev.polyak.offload.Offload;
import dev.polyak.offload.UpdateTimes;

/**
 * One update of an average, which may still be under way.
 *
 * <p>An average uses its tickets again: this one tells of its update until the average's next update but as many as
 * there are {@linkplain Offload#stagings stagings}. Any thread may ask.
 */
public interface UpdateTicket {
    /** The ticket of an update that was done when it was returned. */
    UpdateTicket DONE = new UpdateTicket() {
        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        public void await() {}

        @Override
        public void gate() {}

        @Override
        public void gate(CudaStream stream) {}

        @Override
        public double progress() {
            return 1;
        }
    };

    /**
     * Whether the update has ended, well or not.
     *
     * @return true if {@link #await()} would not wait
     * @throws CudaException if the GPU fails
     */
    boolean isDone();

    /**
     * Waits for the update to end.
     *
     * @throws InterruptedException if the thread is interrupted; the update goes on
     * @throws UpdateFailedException if it failed; the average is as it was before it
     * @throws MemoryLostException if it failed half-way; the average is torn
     * @throws CudaException if the GPU fails
     */
    void await() throws InterruptedException;

    /**
     * Waits until the model may be written to: its numbers are read, though perhaps not yet averaged.
     *
     * @throws InterruptedException if the thread is interrupted; the model may not be written to then
     * @throws CudaException if the GPU fails
     */
    void gate() throws InterruptedException;

    /**
     * Lets the later work of a stream wait until the model may be written to. To be called before anything is enqueued
     * that writes to the model's parameters: an optimizer's step, clipping, loading.
     *
     * @param stream the stream that will write
     * @throws CudaException if the GPU fails
     */
    void gate(CudaStream stream);

    /**
     * How far the update has come.
     *
     * @return 0 to 1
     */
    double progress();

    /**
     * When the update took place, if it was made in the background and has ended well.
     *
     * @return the times; all 0 for others
     */
    default UpdateTimes times() {
        return UpdateTimes.NONE;
    }
}
