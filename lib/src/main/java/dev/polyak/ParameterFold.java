package dev.polyak;

import dev.polyak.cuda.CudaException;
import dev.polyak.internal.kernel.Updates;
import dev.polyak.internal.parallel.Gang;
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
 * to a {@link PieceSink}. So neither average nor sources need fit memory, and each source is read once.
 */
public final class ParameterFold {
    /**
     * Elements of a piece, while not too many threads have one: longer runs in each source are read a tenth faster than
     * runs of a quarter of that, longer ones no faster.
     */
    private static final int LONG_PIECE = 1 << 18;
    /** What the threads' pieces take together at most, unless there are more than a hundred threads. */
    private static final int PIECES_BYTES = 64 << 20;

    final List<MemoryStore> sources;
    final AverageRule rule;
    final ParameterLayout layout;
    /** The tensors of the result in the types in which they are accumulated. */
    final ParameterLayout accumulators;

    final LayoutMatch[] matches;
    final Treatment[] treatments;
    final int pieceElements;
    /** The last source that is copied whole, from which the folding begins. */
    final int base;
    /** The last source of which anything is taken: what is copied at every call is its. */
    final int lastTouched;
    /** The sources that are mixed in from there on, and with what. */
    final int[] mixed;

    final Updates updates;
    private final Device device;
    private final int threads;
    private final AverageCounters counters;

    private ParameterFold(Builder builder) {
        sources = builder.sources.stream().map(MemoryStore.class::cast).toList();
        device = builder.device;
        rule = builder.rule;
        ParameterLayout model = sources.get(0).layout();
        ParameterLayout first = model.select(tensor -> rule.treatment(tensor) != Treatment.OMIT);
        layout = as(first, builder.keptAs);
        accumulators = as(layout, builder.accumulatedAs);
        threads = builder.threads;
        // A thread has two buffers of binary64.
        int affordable = PIECES_BYTES / (2 * Double.BYTES) / threads;
        pieceElements = Math.max(Pieces.ELEMENTS, Math.min(LONG_PIECE, affordable));
        treatments = Treatment.of(accumulators, rule);
        matches = new LayoutMatch[sources.size()];
        int whole = 0;
        int touched = 0;
        List<Integer> later = new ArrayList<>();
        updates = new Updates(sources.size());
        int count = 0;
        for (int k = 0; k < matches.length; k++) {
            matches[k] = match(model, first, k);
            AverageRule.Call call = k == 0 ? AverageRule.Call.COPY : rule.call(k);
            touched = call == AverageRule.Call.HOLD ? touched : k;
            if (call.copies()) {
                whole = k;
                later.clear();
                updates.clear();
            }
            if (call.updates()) {
                later.add(k);
                updates.add(rule.weight(k), rule.decay(k), rule.divisor(k));
                count++;
            }
        }
        base = whole;
        lastTouched = touched;
        mixed = later.stream().mapToInt(Integer::intValue).toArray();
        counters = new AverageCounters(matches.length - 1, count);
    }

    /** Where the tensors of the result are in a source, which must have all of the first one's and no more. */
    private LayoutMatch match(ParameterLayout model, ParameterLayout held, int k) {
        ParameterStore source = sources.get(k);
        LayoutMatch.of(model, source.layout()).difference().ifPresent(difference -> {
            throw new IllegalArgumentException(
                    "compared with " + describe(sources.get(0)) + ", " + describe(source) + " " + difference);
        });
        return LayoutMatch.of(held, source.layout());
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
    public static Builder builder(List<ParameterStore> sources, AverageRule rule) {
        return new Builder(sources, rule);
    }

    /**
     * The tensors of the result: those of the first source, under its names.
     *
     * @return the layout, in the types in which the result is kept
     */
    public ParameterLayout layout() {
        return layout;
    }

    /**
     * How far the average comes.
     *
     * @return the counters after the last source
     */
    public AverageCounters counters() {
        return counters;
    }

    /**
     * Folds all sources.
     *
     * @param sink takes the result
     * @throws IOException if the sink fails
     * @throws MemoryLostException if a source is lost while it is read
     * @throws CudaException if it is to be computed on a GPU which is not there, or fails
     */
    public void run(PieceSink sink) throws IOException {
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
        if (!target.layout().equals(layout)) {
            throw new IllegalArgumentException("the store has " + target.layout() + ", the result " + layout);
        }
        if (sources.stream().anyMatch(source -> source == target)) {
            throw new IllegalArgumentException("the result would overwrite a source: name another store");
        }
        MemoryStore store = (MemoryStore) target;
        store.requireWritable();
        StoreSink sink = new StoreSink(store);
        try {
            run(sink, sink.threads(threads));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a store's memory throws none
        }
    }

    private void run(PieceSink sink, int most) throws IOException {
        List<FoldWorker> workers = new ArrayList<>();
        try {
            for (int i = 0; i < most; i++) {
                workers.add(
                        device.type() == Device.Type.CUDA
                                ? new CudaFoldWorker(this, sink, device)
                                : new FoldWorker(this, sink));
            }
            new Pieces(accumulators, pieceElements)
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

    /** What the result is divided by in the end. */
    double debiasing() {
        return rule.debiasing(counters.calls());
    }

    private RuntimeException failed(int tensor, Throwable cause) {
        if (cause instanceof IOException exception) {
            return new UncheckedIOException(exception);
        }
        return LostMemory.explain(cause, layout.tensor(tensor).name(), sources);
    }

    private static String describe(ParameterStore store) {
        return store.layout().size() > 0 ? store.origin(0) : "a store without tensors";
    }

    private static ParameterLayout as(ParameterLayout layout, @Nullable DType dtype) {
        return dtype == null ? layout : layout.map(tensor -> tensor.dtype().isFloat() ? tensor.as(dtype) : tensor);
    }

    /** Collects what a fold is made of. Not safe for use by several threads. */
    public static final class Builder {
        private final List<ParameterStore> sources;
        private final AverageRule rule;
        private @Nullable DType keptAs;
        private @Nullable DType accumulatedAs;
        private Device device = Device.cpu();
        private int threads = Gang.shared().size();

        private Builder(List<ParameterStore> sources, AverageRule rule) {
            if (sources.isEmpty()) {
                throw new IllegalArgumentException("there is nothing to average");
            }
            this.sources = sources;
            this.rule = rule;
        }

        /**
         * Sets the floating-point type of the result, to which the average is rounded at every update.
         *
         * @param dtype a floating-point type; by default each tensor keeps that of the first source
         * @return this builder
         * @throws IllegalArgumentException if the type is not floating-point
         */
        public Builder keptAs(DType dtype) {
            keptAs = requireFloat(dtype);
            return this;
        }

        /**
         * Sets the floating-point type in which the average is kept until the end, when it is rounded once.
         *
         * @param dtype a floating-point type; by default that of the result
         * @return this builder
         * @throws IllegalArgumentException if the type is not floating-point
         */
        public Builder accumulatedAs(DType dtype) {
            accumulatedAs = requireFloat(dtype);
            return this;
        }

        /**
         * Sets the device that computes. The result does not depend on it. A GPU needs six megabytes of its memory for
         * each thread, however large the sources are; these pass through it.
         *
         * @param device by default the CPU
         * @return this builder
         */
        public Builder on(Device device) {
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
            this.threads = Math.min(threads, Gang.shared().size());
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
