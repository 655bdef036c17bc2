package dev.polyak.internal.offload;

import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.cuda.Waits;
import dev.polyak.internal.store.CopyRanges;
import dev.polyak.internal.store.CudaMemoryStore;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.store.Resources;
import dev.polyak.internal.update.PlannedCall;
import dev.polyak.internal.update.PolicyStep;
import dev.polyak.offload.Offload;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From a GPU, whole: the model is copied to a staging on a stream of its own, beside the training; what forward passes
 * change is copied on the training's stream.
 */
final class StagedTransport extends ModelTransport {
    private final Resources resources = new Resources();
    private final CudaMemoryStore source;
    private final CudaStream copies;
    private final CudaEvent trained;
    private final CudaEvent copied;
    /** When this is done, the model's numbers are read. */
    private final CudaEvent read;

    /** On the training's stream. */
    private final CopyRanges first;
    /** On the stream of the copies. */
    private final CopyRanges then;

    /**
     * Makes events and a stream. The staging is this object's from now on.
     *
     * @param snapshot a copy of the model on its own device, to be filled first, this object's too; null: there is none
     */
    StagedTransport(
            CudaMemoryStore source,
            MemoryStore staging,
            @Nullable CudaMemoryStore snapshot,
            PolicyStep step,
            List<PlannedCall> calls,
            Offload offload) {
        super(staging, step, calls);
        this.source = source;
        resources.keep(staging);
        if (snapshot != null) {
            resources.keep(snapshot);
        }
        resources.keep(step);
        try {
            int device = source.device().index();
            copies = resources.keep(CudaStream.create(device));
            trained = resources.keep(CudaEvent.create(device));
            copied = resources.keep(CudaEvent.create(device));
        } catch (RuntimeException e) {
            resources.close();
            throw e;
        }
        if (snapshot == null) {
            LayoutMatch match = LayoutMatch.of(staging.layout(), source.layout());
            first = new CopyRanges(source, staging, match, tensor -> isChanging(tensor, offload));
            then = new CopyRanges(source, staging, match, tensor -> !isChanging(tensor, offload));
            read = copied;
        } else {
            LayoutMatch match = LayoutMatch.of(snapshot.layout(), source.layout());
            first = new CopyRanges(source, snapshot, match, tensor -> true);
            then = new CopyRanges(
                    snapshot, staging, LayoutMatch.of(staging.layout(), snapshot.layout()), tensor -> true);
            read = trained;
        }
        source.comeBehind(read);
        resources.keep(() -> source.release(read));
    }

    /** Whether a tensor changes in forward passes. */
    private static boolean isChanging(TensorSpec tensor, Offload offload) {
        return tensor.role() == Role.BUFFER
                || offload.changing().stream().anyMatch(pattern -> pattern.matches(tensor.name()));
    }

    @Override
    void begin(@Nullable CudaStream stream) {
        CudaStream training = stream == null ? source.stream() : stream;
        try {
            first.enqueue(training);
            trained.record(training);
            copies.waitFor(trained);
            then.enqueue(copies);
            copied.record(copies);
        } catch (RuntimeException e) {
            end(training, e); // the staging must be free again
            end(copies, e);
            throw e;
        }
    }

    private static void end(CudaStream stream, RuntimeException failure) {
        try {
            Waits.finish(stream);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    boolean isRead() {
        return read.isDone();
    }

    @Override
    void gate() throws InterruptedException {
        read.await();
    }

    @Override
    void gate(CudaStream stream) {
        stream.waitFor(read);
    }

    @Override
    void awaitCopy() throws InterruptedException {
        copied.await();
    }

    @Override
    public void close() {
        resources.close();
    }
}
