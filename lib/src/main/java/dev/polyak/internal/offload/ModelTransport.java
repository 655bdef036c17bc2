package dev.polyak.internal.offload;

import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.update.PlannedCall;
import dev.polyak.internal.update.PolicyStep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a model to the device of its averages, to a staging of its layout, from which it is mixed in when all of it is
 * there: one update at a time.
 */
abstract sealed class ModelTransport implements AutoCloseable permits HostTransport, StagedTransport {
    final MemoryStore staging;
    private final PolicyStep step;
    private final List<PlannedCall> calls;

    ModelTransport(MemoryStore staging, PolicyStep step, List<PlannedCall> calls) {
        this.staging = staging;
        this.step = step;
        this.calls = calls;
    }

    /** What the next update is to do to each average. */
    final List<PlannedCall> calls() {
        return calls;
    }

    /**
     * Begins an update, in the thread that trains. Nothing is under way if it throws.
     *
     * @param stream the stream that trains; null: the default stream, if there are any
     */
    abstract void begin(@Nullable CudaStream stream);

    /** Whether the model's numbers are read, so that they may change. */
    abstract boolean isRead();

    /** Waits until they are. For any thread. */
    abstract void gate() throws InterruptedException;

    /** Lets a stream's later work wait until they are. For any thread. */
    abstract void gate(CudaStream stream);

    /** Waits until all numbers are in the staging; in the background. */
    abstract void awaitCopy() throws InterruptedException;

    /** Makes the update of a call from the staging, in the background. */
    final void update(long number) {
        step.run(number, null);
    }

    /** Bytes of the model that an update reads. */
    final long bytes() {
        return staging.layout().byteSize();
    }

    /** Memory of these tensors of the model that is free while no update is under way. */
    final MemoryStore staging() {
        return staging;
    }

    /** How many elements stayed as they were, so far, since the source's were infinite or no numbers. */
    final long elementsLeft() {
        return step.engine().elementsLeft();
    }

    @Override
    public abstract void close();
}
