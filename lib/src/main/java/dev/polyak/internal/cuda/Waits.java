package dev.polyak.internal.cuda;

import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;

/** Waits for work that must not be left alone, since memory that it uses is freed or read afterwards. */
public final class Waits {
    private Waits() {}

    /**
     * Waits until a stream's work so far is done, also when the thread is interrupted meanwhile: it is told afterwards.
     */
    public static void finish(CudaStream stream) {
        finish((Wait) stream::await);
    }

    /** Waits for what an event was recorded behind, in the same way. */
    public static void finish(CudaEvent event) {
        finish((Wait) event::await);
    }

    private static void finish(Wait wait) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    wait.await();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private interface Wait {
        void await() throws InterruptedException;
    }
}
