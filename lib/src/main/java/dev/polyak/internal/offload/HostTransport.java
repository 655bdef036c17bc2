package dev.polyak.internal.offload;

import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.store.HostMemoryStore;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.store.Resources;
import dev.polyak.internal.update.PlannedCall;
import dev.polyak.internal.update.PolicyStep;
import dev.polyak.internal.update.UpdateEngine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From host memory: the thread that trains copies the model to the staging, since it would have to wait for that
 * anyway.
 */
final class HostTransport extends ModelTransport {
    private final HostMemoryStore source;
    private final @Nullable UpdateEngine copying;
    private final Resources resources = new Resources();

    /** The staging is this object's from now on. */
    HostTransport(HostMemoryStore source, MemoryStore staging, PolicyStep step, List<PlannedCall> calls, int threads) {
        super(staging, step, calls);
        this.source = source;
        resources.keep(staging);
        resources.keep(step);
        this.copying = staging.device().equals(source.device())
                ? UpdateEngine.on(source, List.of(staging), calls.subList(0, 1), false, threads)
                : null;
    }

    @Override
    void begin(@Nullable CudaStream stream) {
        if (stream != null) {
            throw UpdateEngine.noStream(stream);
        }
        if (copying == null) {
            staging.copyFrom(source);
        } else {
            copying.copyAll();
        }
    }

    @Override
    boolean isRead() {
        return true;
    }

    @Override
    void gate() {}

    @Override
    void gate(CudaStream stream) {}

    @Override
    void awaitCopy() {}

    @Override
    public void close() {
        resources.close();
    }
}
