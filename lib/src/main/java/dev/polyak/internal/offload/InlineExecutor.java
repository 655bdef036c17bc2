package dev.polyak.internal.offload;

import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.update.PolicyStep;
import dev.polyak.offload.OffloadStats;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Averages on their model's own device: the caller makes the updates. */
public final class InlineExecutor implements UpdateExecutor {
    private final PolicyStep step;
    private final ReentrantLock working = new ReentrantLock();

    public InlineExecutor(PolicyStep step) {
        this.step = step;
    }

    @Override
    public UpdateTicket update(long number, @Nullable CudaStream stream) {
        working.lock();
        try {
            return step.run(stream);
        } finally {
            working.unlock();
        }
    }

    @Override
    public boolean isBlocking() {
        return false;
    }

    @Override
    public void copyAll() {
        step.engine().copyAll();
    }

    @Override
    public int skippedSinceLast() {
        return 0;
    }

    @Override
    public void settle() {}

    @Override
    public void clearLoss() {}

    @Override
    public void pause() {
        working.lock();
    }

    @Override
    public void resume() {
        working.unlock();
    }

    @Override
    public @Nullable MemoryStore parking() {
        return null;
    }

    @Override
    public OffloadStats stats() {
        return Stats.NONE;
    }

    @Override
    public long elementsLeft() {
        return step.engine().elementsLeft();
    }

    @Override
    public void close() {
        step.close();
    }
}
