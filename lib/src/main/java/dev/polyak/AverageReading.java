package dev.polyak;

import dev.polyak.internal.offload.AverageGroup;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The time during which averages are read and stay as they are, for try-with-resources: see
 * {@link ParameterAverage#reading()}. Numbers and counters belong together, so that they can be saved as one state.
 *
 * <pre>{@code
 * try (var reading = ema.reading()) {
 *     save(reading.store(), reading.counters());
 * }
 * }</pre>
 *
 * <p>May be used and closed by any thread. The thread that opened it is refused whatever would wait for its end.
 */
public final class AverageReading implements AutoCloseable {
    private final AverageGroup group;
    private final List<AverageCounters> counters;
    private final Thread reader = Thread.currentThread();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Begins a reading of this thread. */
    AverageReading(AverageGroup group) {
        this.group = group;
        counters = group.beginReading();
    }

    /**
     * The (first) average, after some complete update, perhaps not the latest.
     *
     * @return its store, to be read until this scope is closed
     * @throws IllegalStateException if the scope is closed
     */
    public ParameterStore store() {
        return store(0);
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
        requireOpen();
        return group.memory().get(which);
    }

    /**
     * How far the (first) average had come when it had the numbers of {@link #store()}.
     *
     * @return its counters
     * @throws IllegalStateException if the scope is closed
     */
    public AverageCounters counters() {
        return counters(0);
    }

    /**
     * How far one of the averages had come when it had the numbers of {@link #store(int)}.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return its counters
     * @throws IndexOutOfBoundsException if there is no such average
     * @throws IllegalStateException if the scope is closed
     */
    public AverageCounters counters(int which) {
        requireOpen();
        return counters.get(which);
    }

    /** Lets updates go on. A second call does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            group.endReading(reader);
        }
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the reading has ended");
        }
    }
}
