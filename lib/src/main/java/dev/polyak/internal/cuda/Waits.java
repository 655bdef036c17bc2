package dev.polyak.internal.cuda;

import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaException;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.partition.Uninterrupted;

/** Waits for work that must not be left alone, since memory that it uses is freed or read afterwards. */
public final class Waits {
    private Waits() {}

    /** Waits until a stream's work so far is done, whatever interrupts the thread. */
    public static void finish(CudaStream stream) {
        finish((Uninterrupted.Wait) stream::await);
    }

    /** Waits for what an event was recorded behind, in the same way. */
    public static void finish(CudaEvent event) {
        finish((Uninterrupted.Wait) event::await);
    }

    /** Waits in the same way. Who does so often keeps the wait: making one may allocate. */
    public static void finish(Uninterrupted.Wait wait) {
        try {
            Uninterrupted.await(wait);
        } catch (CudaException e) {
            if (e.isSticky()) {
                throw e;
            }
            Uninterrupted.await(wait); // a question that fails says nothing of the work: it is asked once more
        }
    }
}
