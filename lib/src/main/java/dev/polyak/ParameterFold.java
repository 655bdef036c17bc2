package dev.polyak;

import static java.util.Objects.requireNonNull;

import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.fold.CudaFoldWorker;
import dev.polyak.internal.fold.FoldPlan;
import dev.polyak.internal.fold.FoldWorker;
import dev.polyak.internal.fold.StoreSink;
import dev.polyak.internal.partition.Partition;
import dev.polyak.internal.partition.WorkerThreads;
import dev.polyak.internal.store.LostMemory;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.rule.AverageRule;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The average of stores that are all there at once, such as the checkpoints of a run: the first is the state from which
 * the average begins, each further one the model one call later. The result is, bit for bit, that of a
 * {@link ParameterAverage} over them.
 *
 * <p>It is made piece by piece: each piece of the average passes all sources while it is in a cache, and is then handed
 * to a {@link ChunkSink}. So neither average nor sources need fit memory, and each source is read once.
 */
public final class ParameterFold {
    private final FoldPlan plan;
    private final Device device;
    private final int threads;

    private ParameterFold(Builder builder) {
        plan = new FoldPlan(builder.sources, builder.rule, builder.dtype, builder.accumulator, builder.threads);
        device = builder.device;
        threads = builder.threads;
    }

    /**
     * Begins a fold.
     *
     * @param sources the states, in order, at least one; all of the same tensors, matched {@linkplain LayoutMatch by
     *     name}
     * @param rule how they become an average
     * @return a builder
     * @throws IllegalArgumentException if there is no source
     */
    public static Builder builder(List<? extends ParameterStore> sources, AverageRule rule) {
        requireNonNull(sources, "sources");
        requireNonNull(rule, "rule");
        return new Builder(sources, rule);
    }

    /**
     * The tensors of the result: those of the first source, under its names.
     *
     * @return the layout, in the types in which the result is kept
     */
    public ParameterLayout layout() {
        return plan.layout();
    }

    /**
     * How far the average comes.
     *
     * @return the counters after the last source
     */
    public AverageCounters counters() {
        return plan.counters();
    }

    /**
     * Folds all sources.
     *
     * @param sink takes the result
     * @throws IOException if the sink fails
     * @throws MemoryLostException if a source is lost while it is read
     * @throws CudaException if it is to be computed on a GPU which is not there, or fails
     */
    public void run(ChunkSink sink) throws IOException {
        requireNonNull(sink, "sink");
        run(sink, threads);
    }

    /**
     * Folds all sources into a store. In host memory the result is computed in its place.
     *
     * @param target a store of this {@linkplain #layout() layout}, which shares no memory with a source
     * @throws IllegalArgumentException if its layout is another, or it is one of the sources
     * @throws UnsupportedOperationException if it cannot be written
     * @throws MemoryLostException if a source or the target is lost while it is used
     * @throws CudaException if it is to be computed on a GPU which is not there, or fails
     */
    public void run(ParameterStore target) {
        requireNonNull(target, "target");
        if (!target.layout().equals(layout())) {
            throw new IllegalArgumentException("the store has " + target.layout() + ", the result " + layout());
        }
        if (plan.sources().stream().anyMatch(source -> source == target)) {
            throw new IllegalArgumentException("the result would overwrite a source: name another store");
        }
        MemoryStore store = MemoryStore.of(target);
        store.requireWritable();
        StoreSink sink = new StoreSink(store);
        try {
            run(sink, sink.threads(threads));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a store's memory throws none
        }
    }

    private void run(ChunkSink sink, int most) throws IOException {
        List<FoldWorker> workers = new ArrayList<>();
        try {
            for (int i = 0; i < most; i++) {
                workers.add(
                        device.type() == Device.Type.CUDA
                                ? new CudaFoldWorker(plan, sink, device)
                                : new FoldWorker(plan, sink));
            }
            new Partition(plan.accumulators(), plan.pieceElements())
                    .forEach(
                            (worker, tensor, from, count) -> workers.get(worker).fold(tensor, from, count),
                            this::failed,
                            most);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            workers.forEach(FoldWorker::close);
        }
    }

    private RuntimeException failed(int tensor, Throwable cause) {
        if (cause instanceof IOException exception) {
            return new UncheckedIOException(exception);
        }
        return LostMemory.explain(cause, layout().tensor(tensor).name(), plan.sources());
    }

    /** Collects what a fold is made of. Not safe for use by several threads. */
    public static final class Builder {
        private final List<MemoryStore> sources;
        private final AverageRule rule;
        private @Nullable DType dtype;
        private @Nullable DType accumulator;
        private Device device = Device.cpu();
        private int threads = WorkerThreads.shared().size();

        private Builder(List<? extends ParameterStore> sources, AverageRule rule) {
            if (sources.isEmpty()) {
                throw new IllegalArgumentException("there is nothing to average");
            }
            this.sources = sources.stream().<MemoryStore>map(MemoryStore::of).toList();
            this.rule = rule;
        }

        /**
         * Sets the floating-point type of the result, to which the average is rounded at every update.
         *
         * @param dtype a floating-point type; by default each tensor keeps that of the first source
         * @return this builder
         * @throws IllegalArgumentException if the type is not floating-point
         */
        public Builder dtype(DType dtype) {
            requireNonNull(dtype, "dtype");
            this.dtype = requireFloat(dtype);
            return this;
        }

        /**
         * Sets the floating-point type in which the average is kept until the end, when it is rounded once.
         *
         * @param dtype a floating-point type; by default that of the result
         * @return this builder
         * @throws IllegalArgumentException if the type is not floating-point
         */
        public Builder accumulator(DType dtype) {
            requireNonNull(dtype, "dtype");
            accumulator = requireFloat(dtype);
            return this;
        }

        /**
         * Sets the device that computes. The result does not depend on it. A GPU needs six megabytes of its memory for
         * each thread, however large the sources are; these pass through it.
         *
         * @param device by default the CPU
         * @return this builder
         */
        public Builder device(Device device) {
            requireNonNull(device, "device");
            this.device = device;
            return this;
        }

        /**
         * Sets how many threads may take part. The result does not depend on it. Each takes up to four megabytes of
         * native memory.
         *
         * @param threads at least 1; by default all processors
         * @return this builder
         * @throws IllegalArgumentException if threads is less than 1
         */
        public Builder threads(int threads) {
            if (threads < 1) {
                throw new IllegalArgumentException("a fold needs at least 1 thread, not " + threads);
            }
            this.threads = Math.min(threads, WorkerThreads.shared().size());
            return this;
        }

        /**
         * Checks everything; nothing is read yet.
         *
         * @return the fold
         * @throws IllegalArgumentException if a source lacks a tensor, has one more, or one in another shape or a type
         *     that does not convert; or if a tensor cannot be averaged
         * @throws IllegalStateException if the schedule has not enough weights
         */
        public ParameterFold build() {
            return new ParameterFold(this);
        }

        private static DType requireFloat(DType dtype) {
            if (!dtype.isFloat()) {
                throw new IllegalArgumentException("an average is kept in F64, F32, BF16 or F16, not in " + dtype);
            }
            return dtype;
        }
    }
}
