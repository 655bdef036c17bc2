package dev.polyak;

import dev.polyak.internal.offload.UpdateExecutor;
import dev.polyak.internal.store.MemoryStore;
import java.util.List;

/** The time during which averages are read while training goes on, for try-with-resources. */
public final class AverageReading implements AutoCloseable {
    private final List<MemoryStore> averages;
    private final UpdateExecutor executor;
    private boolean closed;

    AverageReading(List<MemoryStore> averages, UpdateExecutor executor) {
        this.averages = averages;
        this.executor = executor;
    }

    /**
     * One of the averages, after some complete update, perhaps not the latest.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return its store, to be read until this scope is closed
     * @throws IndexOutOfBoundsException if there is no such average
     * @throws IllegalStateException if the scope is closed
     */
    public ParameterStore store(int which) {
        if (closed) {
            throw new IllegalStateException("the reading has ended");
        }
        return averages.get(which);
    }

    /** Lets updates go on. A second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            executor.resume();
        }
    }
}
