package dev.polyak.internal.partition;

/** Waits for what must not be left alone, also when the thread is interrupted meanwhile. */
public final class Uninterrupted {
    private Uninterrupted() {}

    /** What waits. Asked again after an interrupt. */
    public interface Wait {
        /** Returns when there is nothing left to wait for. */
        void await() throws InterruptedException;
    }

    /** Waits; an interrupt is told to the thread afterwards. */
    public static void await(Wait wait) {
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
}
