package dev.polyak;

import dev.polyak.cuda.CudaStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings a model's numbers to the device of its averages and mixes them in there: one update at a time. */
interface Carrier extends AutoCloseable {
    /** What the next update is to do to each average. */
    List<PlannedCall> calls();

    /**
     * Begins an update, in the thread that trains. Nothing is under way if it throws.
     *
     * @param stream the stream that trains; null: the default stream, if there are any
     */
    void begin(@Nullable CudaStream stream);

    /** Whether the model's numbers are read, so that they may change. */
    boolean isRead();

    /** Waits until they are. For any thread. */
    void gate() throws InterruptedException;

    /** Lets a stream's later work wait until they are. For any thread. */
    void gate(CudaStream stream);

    /** Brings the numbers, in the background; the model may change when this returns. */
    void bring() throws InterruptedException;

    /** Makes the update, in the background, when all numbers are there. */
    void fold() throws InterruptedException;

    /**
     * Gives an update up that failed or must not be made, in the background: the average is as it was before.
     *
     * @throws MemoryLostException if it is not
     */
    void abandon();

    /** Bytes of the model that an update reads. */
    long bytes();

    /** Memory of these tensors of the model that is free while no update is under way; null if there is none. */
    @Nullable
    MemoryStore staging();

    /** How many elements stayed as they were, so far, since the source's were infinite or no numbers. */
    long elementsLeft();

    @Override
    void close();
}
