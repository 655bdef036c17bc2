package dev.polyak;

import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.parallel.Uninterrupted;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From host memory: a thread in the background copies the model to the staging. */
final class HostCarrier extends WholeCarrier {
    private final HostStore source;
    private final @Nullable AverageWork copying;
    private final AverageStep step;
    private boolean read = true;

    /** The staging is this object's from now on. */
    HostCarrier(HostStore source, MemoryStore staging, AverageStep step, List<PlannedCall> calls, int threads) {
        super(staging, step, calls);
        this.source = source;
        this.step = step;
        this.copying = staging instanceof HostStore
                ? AverageWork.on(source, List.of(staging), calls.subList(0, 1), false, threads)
                : null;
    }

    @Override
    public synchronized void begin(@Nullable CudaStream stream) {
        if (stream != null) {
            throw new IllegalArgumentException("the model is in host memory, which a stream of cuda:" + stream.device()
                    + " does not write: call update() without a stream");
        }
        read = false;
    }

    @Override
    public synchronized boolean isRead() {
        return read;
    }

    @Override
    public synchronized void gate() throws InterruptedException {
        while (!read) {
            wait();
        }
    }

    @Override
    public void gate(CudaStream stream) {
        Uninterrupted.await(this::gate);
    }

    @Override
    public void bring() {
        try {
            if (copying == null) {
                staging.copyFrom(source);
            } else {
                copying.copyAll();
            }
        } finally {
            synchronized (this) {
                read = true; // also after a failure: nothing is read any more
                notifyAll();
            }
        }
    }

    @Override
    public void close() {
        step.close();
        staging.close();
    }
}
