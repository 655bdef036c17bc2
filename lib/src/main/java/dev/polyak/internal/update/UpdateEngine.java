package dev.polyak.internal.update;

import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.store.CudaMemoryStore;
import dev.polyak.internal.store.HostMemoryStore;
import dev.polyak.internal.store.MemoryStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The work on one or more averages that share the readings of a source on their own device. */
public interface UpdateEngine extends AutoCloseable {
    /**
     * The work of a device.
     *
     * @param source what is averaged
     * @param averages stores of one layout, on the source's device; they stay the caller's
     * @param calls what is to be done to each
     */
    static UpdateEngine on(
            MemoryStore source,
            List<? extends MemoryStore> averages,
            List<PlannedCall> calls,
            boolean finiteOnly,
            int threads) {
        return switch (source) {
            case HostMemoryStore host ->
                new HostEngine(
                        host, averages.stream().map(HostMemoryStore.class::cast).toList(), calls, finiteOnly, threads);
            case CudaMemoryStore gpu ->
                new CudaEngine(
                        gpu, averages.stream().map(CudaMemoryStore.class::cast).toList(), calls, finiteOnly);
        };
    }

    /** Copies the source to every average. */
    void copyAll();

    /**
     * Does to every average what its planned call does.
     *
     * @param number of the call
     * @param stream of the source's GPU, where it is to be enqueued; null: it is done on return
     */
    UpdateTicket apply(long number, @Nullable CudaStream stream);

    /** Counts infinities and NaNs in what the planned calls mix in. */
    NonFiniteCount countNonFinite();

    /** The same behind what is enqueued on a stream of the source's GPU. */
    default NonFiniteCount countNonFinite(CudaStream stream) {
        throw noStream(stream);
    }

    /** How many elements stayed as they were, so far, since the source's were infinite or no numbers. */
    long elementsLeft();

    @Override
    void close();

    /** Says that a source in host memory is not behind any stream. */
    static IllegalArgumentException noStream(CudaStream stream) {
        return new IllegalArgumentException("the model is in host memory, which a stream of cuda:" + stream.device()
                + " does not write: call update() without a stream");
    }

    /** How many elements are infinite or no numbers, and a tensor that has some. */
    record NonFiniteCount(long elements, int tensor) {
        static final NonFiniteCount NONE = new NonFiniteCount(0, 0);
    }
}
