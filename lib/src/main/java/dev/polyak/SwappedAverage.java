package dev.polyak;

import org.jspecify.annotations.Nullable;

/**
 * The time during which an average is in its model's place, for try-with-resources. See
 * {@link ParameterAverage#swap()}.
 */
public final class SwappedAverage implements AutoCloseable {
    private final ParameterAverage owner;
    private final ParameterStore online;
    private final ParameterStore average;
    /** The model's numbers, where they could not change places with the average's. */
    private final @Nullable ParameterStore parked;

    private boolean closed;

    private SwappedAverage(
            ParameterAverage owner, ParameterStore online, ParameterStore average, @Nullable ParameterStore parked) {
        this.owner = owner;
        this.online = online;
        this.average = average;
        this.parked = parked;
    }

    static SwappedAverage begin(ParameterAverage owner, ParameterStore online, ParameterStore average) {
        if (online.layout().equals(average.layout())) {
            online.swap(average);
            return new SwappedAverage(owner, online, average, null);
        }
        if (online.isReadOnly()) {
            throw new UnsupportedOperationException("the average cannot be swapped into a store that is read-only");
        }
        ParameterStore parked = ParameterStore.allocate(online.layout(), Device.cpu());
        try {
            parked.copyFrom(online);
            online.copyFrom(average);
        } catch (RuntimeException e) {
            parked.close();
            throw e;
        }
        return new SwappedAverage(owner, online, average, parked);
    }

    /**
     * Brings the model's numbers back, bit for bit. A second call does nothing.
     *
     * @throws MemoryLostException if the model's memory is gone
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (parked == null) {
                online.swap(average);
            } else {
                online.copyFrom(parked);
            }
            owner.swapEnded(null);
        } catch (RuntimeException e) {
            owner.swapEnded(parked == null ? e : null); // with the numbers parked the average was never touched
            throw e;
        } finally {
            if (parked != null) {
                parked.close();
            }
        }
    }
}
