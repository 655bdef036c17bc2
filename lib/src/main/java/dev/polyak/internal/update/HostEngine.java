package dev.polyak.internal.update;

import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.kernel.Kernels;
import dev.polyak.internal.partition.Partition;
import dev.polyak.internal.store.HostMemoryStore;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Work in host memory, by the threads of the processors, piece by piece. */
final class HostEngine implements UpdateEngine {
    private final HostMemoryStore source;
    private final List<HostMemoryStore> averages;
    private final TensorUpdater[] work;
    private final Partition pieces;
    private final int threads;
    private final Partition.Action applying = this::apply;
    private final Partition.Action copying = this::copy;
    private final Partition.Action scanning = this::scan;
    private final Partition.FailureHandler failureHandler = this::failed;
    private final AtomicLong found = new AtomicLong();
    private volatile int foundIn;

    HostEngine(
            HostMemoryStore source,
            List<HostMemoryStore> averages,
            List<PlannedCall> calls,
            boolean finiteOnly,
            int threads) {
        this.source = source;
        this.averages = averages;
        this.pieces = new Partition(averages.get(0).layout());
        this.work = new TensorUpdater[calls.size()];
        this.threads = Math.min(threads, averages.get(0).threadsFor(source));
        Kernels kernels = Backend.get().kernels();
        Arrays.setAll(
                work, k -> new TensorUpdater(averages.get(k), source, calls.get(k), kernels, finiteOnly, this.threads));
    }

    @Override
    public void copyAll() {
        requireReachable();
        pieces.forEach(copying, failureHandler, threads);
    }

    @Override
    public UpdateTicket apply(long number, @Nullable CudaStream stream) {
        if (stream != null) {
            throw UpdateEngine.noStream(stream);
        }
        requireReachable();
        for (TensorUpdater each : work) {
            each.begin();
        }
        pieces.forEach(applying, failureHandler, threads);
        return UpdateTicket.DONE;
    }

    private void requireReachable() {
        source.requireReachable();
        for (int k = 0; k < averages.size(); k++) { // an iterator would be allocated
            averages.get(k).requireReachable();
        }
    }

    @Override
    public NonFiniteCount countNonFinite() {
        requireReachable();
        found.set(0);
        pieces.forEach(scanning, failureHandler, threads);
        return found.get() == 0 ? NonFiniteCount.NONE : new NonFiniteCount(found.get(), foundIn);
    }

    @Override
    public long elementsLeft() {
        long left = 0;
        for (TensorUpdater each : work) {
            left += each.elementsLeft();
        }
        return left;
    }

    @Override
    public void close() {}

    private void apply(int worker, int tensor, long from, int count) {
        // The piece of the source stays in the cache from one average to the next.
        int k = 0;
        for (; k + 2 <= work.length; k += 2) {
            work[k].apply(work[k + 1], worker, tensor, from, count);
        }
        if (k < work.length) {
            work[k].apply(worker, tensor, from, count);
        }
    }

    private void copy(int worker, int tensor, long from, int count) {
        for (TensorUpdater each : work) {
            each.copy(tensor, from, count);
        }
    }

    private void scan(int worker, int tensor, long from, int count) {
        // What one of the averages mixes in is looked at once.
        for (TensorUpdater each : work) {
            if (each.updates()) {
                long here = each.nonFinite(tensor, from, count);
                if (here > 0) {
                    foundIn = tensor;
                    found.addAndGet(here);
                }
                return;
            }
        }
    }

    private RuntimeException failed(int tensor, Throwable cause) {
        return work[0].failed(tensor, cause);
    }
}
