package dev.polyak;

import dev.polyak.cuda.CudaStream;
import java.util.List;

/**
 * The memory of one or more averages that share the readings of a source, on one device, and the work on it. What it
 * does is done on return.
 */
interface AverageMemory extends AutoCloseable {
    /**
     * Memory for the averages on the source's device.
     *
     * @param calls one for each average
     */
    static AverageMemory allocate(
            MemoryStore source, ParameterLayout layout, List<PlannedCall> calls, boolean finiteOnly, int threads) {
        return source instanceof CudaStore cuda
                ? new CudaAverages(cuda, layout, calls, finiteOnly)
                : new HostAverages((HostStore) source, layout, calls, finiteOnly, threads);
    }

    /** One of the averages. */
    MemoryStore store(int which);

    /** Copies the source to every average. */
    void copyAll();

    /** Does to every average what its planned call does. */
    void apply();

    /** Enqueues the same on a stream of the source's GPU; the one thing that may be under way on return. */
    default void apply(CudaStream stream) {
        throw noStream(stream);
    }

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

    private static IllegalArgumentException noStream(CudaStream stream) {
        return new IllegalArgumentException("the model is in host memory, which a stream of cuda:" + stream.device()
                + " does not write: call update() without a stream");
    }

    /** How many elements are infinite or no numbers, and a tensor that has some. */
    record NonFiniteCount(long elements, int tensor) {
        static final NonFiniteCount NONE = new NonFiniteCount(0, 0);
    }
}
