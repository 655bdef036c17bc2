package dev.polyak;

import dev.polyak.internal.parallel.Gang;
import dev.polyak.schedule.Order;
import dev.polyak.schedule.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * A running average of a model's parameters: a {@linkplain ParameterStore store} that follows another, with the weights
 * that a {@linkplain Schedule schedule} gives.
 *
 * <pre>{@code
 * try (var ema = ParameterAverage.builder(model).schedule(Schedules.decay(0.999)).build()) {
 *     for (...) {
 *         trainStep(model);
 *         ema.update();
 *     }
 *     try (var swapped = ema.swap()) {
 *         evaluate(model); // with the averaged weights, which leave again whatever happens
 *     }
 * }
 * }</pre>
 *
 * <p>An update reads source and average once, writes the average once, and allocates nothing on the Java heap. Its
 * result is the same in every bit whatever the machine's vectors and the number of threads.
 *
 * <p>For one thread at a time; several averages may follow one source at once. If memory is lost in the middle of an
 * update (a mapped source is truncated, a foreign arena closed), the average is <em>torn</em>: every further use throws
 * until {@link #restart()} or {@link #restore}.
 */
public final class ParameterAverage implements AutoCloseable {
    private final ParameterStore online;
    private final ParameterStore average;
    private final AverageRule rule;
    private final AverageUpdate update;
    private long calls;
    private long updates;
    private @Nullable RuntimeException torn;
    private @Nullable SwappedAverage swapped;
    private boolean closed;

    private ParameterAverage(Builder builder) {
        online = builder.online;
        rule = new AverageRule(
                builder.schedule(), builder.order, builder.every, builder.start, builder.buffers, builder.integers);
        DType kept = builder.keptAs;
        ParameterLayout layout = kept == null
                ? online.layout()
                : online.layout().map(tensor -> tensor.dtype().isFloat() ? tensor.as(kept) : tensor);
        Treatment.of(layout, rule); // refuses what cannot be averaged, before memory is taken
        average = ParameterStore.allocate(layout, Device.cpu());
        try {
            average.copyFrom(online);
            update = new AverageUpdate((HostStore) average, (HostStore) online, rule, builder.threads);
        } catch (RuntimeException e) {
            average.close();
            throw e;
        }
    }

    /**
     * Begins an average of a store.
     *
     * @param online the store whose numbers change as the model is trained
     * @return a builder
     */
    public static Builder builder(ParameterStore online) {
        return new Builder(online);
    }

    /**
     * Takes notice of one training step: mixes the source in, copies it, or neither, as the {@linkplain #rule() rule}
     * says. If it throws anything but a {@link MemoryLostException}, the average is as it was.
     *
     * @throws IllegalStateException if the average is closed, torn or swapped in, or the schedule has no weight for
     *     this update
     * @throws MemoryLostException if memory was lost meanwhile; the average is then torn
     */
    public void update() {
        requireUsable();
        AverageRule.Call call = rule.call(calls + 1);
        long n = call == AverageRule.Call.UPDATE ? updates + 1 : updates;
        try {
            update.run(call, n);
        } catch (MemoryLostException e) {
            torn = e;
            throw e;
        }
        calls++;
        updates = n;
    }

    /**
     * Exchanges average and model: until the returned scope is closed, {@link #online} holds the average and this
     * average cannot be updated.
     *
     * <p>Where both are kept in the same types this is done in place, without further memory. Where they differ (an
     * average in binary32 of a bfloat16 model), the model's numbers are parked in host memory meanwhile, which takes as
     * many bytes as the model has; the average, rounded to the model's types, takes their place.
     *
     * @return the scope; its {@code close()} brings the model's numbers back, bit for bit
     * @throws IllegalStateException if the average is closed, torn or already swapped in
     * @throws UnsupportedOperationException if the model's store is read-only
     * @throws OutOfMemoryError if there is no memory to park the model's numbers in; nothing has changed then
     */
    public SwappedAverage swap() {
        requireUsable();
        swapped = SwappedAverage.begin(this, online, average);
        return swapped;
    }

    /**
     * The averaged numbers.
     *
     * @return the average's own store, to be read, saved or evaluated; it lives as long as this average
     * @throws IllegalStateException if the average is closed, torn or swapped in (its memory then holds the model's
     *     numbers)
     */
    public ParameterStore store() {
        requireUsable();
        return average;
    }

    /**
     * The store that is averaged.
     *
     * @return the store given to the builder
     */
    public ParameterStore online() {
        return online;
    }

    /**
     * How the average is made.
     *
     * @return schedule, order, interval, start and policies
     */
    public AverageRule rule() {
        return rule;
    }

    /**
     * How far the average has come.
     *
     * @return the counters, to be saved with the {@linkplain #store() numbers}
     */
    public AverageCounters counters() {
        return new AverageCounters(calls, updates);
    }

    /** Begins anew from the model's present numbers, as the builder did; a torn average is whole again. */
    public void restart() {
        requireNotClosed();
        requireNotSwapped();
        restore(AverageCounters.ZERO, online);
    }

    /**
     * Goes on from a saved state: numbers and counters. A torn average is whole again.
     *
     * @param counters how far the saved average had come
     * @param numbers its numbers, matched {@linkplain LayoutMatch by name}
     * @throws IllegalArgumentException if a tensor has no counterpart of its shape in the numbers; nothing has changed
     *     then
     * @throws IllegalStateException if the average is closed or swapped in
     * @throws MemoryLostException if the numbers are lost while they are read; the average is then torn
     */
    public void restore(AverageCounters counters, ParameterStore numbers) {
        requireNotClosed();
        requireNotSwapped();
        try {
            average.copyFrom(numbers);
        } catch (MemoryLostException e) {
            torn = e;
            throw e;
        }
        calls = counters.calls();
        updates = counters.updates();
        torn = null;
    }

    /** Frees the average's memory. Swapped numbers are brought back first. A second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            if (swapped != null) {
                swapped.close();
            }
            closed = true;
            average.close();
        }
    }

    /** Called by the scope when the model's numbers are back, or could not be brought back. */
    void swapEnded(@Nullable RuntimeException failure) {
        swapped = null;
        torn = failure;
    }

    private void requireUsable() {
        requireNotClosed();
        requireNotSwapped();
        if (torn != null) {
            throw new IllegalStateException(
                    "this average is torn since memory was lost: restart() it, or restore() it from a saved one", torn);
        }
    }

    private void requireNotClosed() {
        if (closed) {
            throw new IllegalStateException("this average is closed");
        }
    }

    private void requireNotSwapped() {
        if (swapped != null) {
            throw new IllegalStateException(
                    "this average is swapped into the model: close the scope that swap() returned first");
        }
    }

    /** Collects what an average is made of. Not safe for use by several threads. */
    public static final class Builder {
        private final ParameterStore online;
        private @Nullable Schedule schedule;
        private Order order = Order.LERP;
        private int every = 1;
        private long start;
        private BufferPolicy buffers = BufferPolicy.COPY;
        private IntegerPolicy integers = IntegerPolicy.COPY;
        private @Nullable DType keptAs;
        private int threads = Gang.shared().size();

        private Builder(ParameterStore online) {
            this.online = online;
        }

        /**
         * Sets everything that a rule says.
         *
         * @param rule for example that of a saved average
         * @return this builder
         */
        public Builder rule(AverageRule rule) {
            schedule = rule.schedule();
            order = rule.order();
            every = rule.every();
            start = rule.start();
            buffers = rule.buffers();
            integers = rule.integers();
            return this;
        }

        /**
         * Sets the weights. Required.
         *
         * @param schedule the weight of each update
         * @return this builder
         */
        public Builder schedule(Schedule schedule) {
            this.schedule = schedule;
            return this;
        }

        /**
         * Sets the order of floating-point operations.
         *
         * @param order by default {@link Order#LERP}
         * @return this builder
         */
        public Builder order(Order order) {
            this.order = order;
            return this;
        }

        /**
         * Sets the interval between updates. The decay is not corrected for it: {@link Schedule#over} does that.
         *
         * @param calls every how many calls the average is updated, at least 1; by default 1
         * @return this builder
         */
        public Builder every(int calls) {
            every = calls;
            return this;
        }

        /**
         * Sets the first call that does not copy.
         *
         * @param call its number, counted from 1; by default every call averages
         * @return this builder
         */
        public Builder start(long call) {
            start = call;
            return this;
        }

        /**
         * Sets what becomes of floating-point buffers.
         *
         * @param policy by default {@link BufferPolicy#COPY}
         * @return this builder
         */
        public Builder buffers(BufferPolicy policy) {
            buffers = policy;
            return this;
        }

        /**
         * Sets what becomes of integers.
         *
         * @param policy by default {@link IntegerPolicy#COPY}
         * @return this builder
         */
        public Builder integers(IntegerPolicy policy) {
            integers = policy;
            return this;
        }

        /**
         * Sets the floating-point type in which the average is kept. An average in bfloat16 or binary16 does not move
         * at decays near 1, since each update is rounded away; keep {@link DType#F32}.
         *
         * @param dtype a floating-point type; by default each tensor is kept in its own
         * @return this builder
         * @throws IllegalArgumentException if the type is not floating-point
         */
        public Builder keptAs(DType dtype) {
            if (!dtype.isFloat()) {
                throw new IllegalArgumentException("an average is kept in F64, F32, BF16 or F16, not in " + dtype);
            }
            keptAs = dtype;
            return this;
        }

        /**
         * Sets how many threads an update may use. The result does not depend on it.
         *
         * @param threads at least 1; by default all processors
         * @return this builder
         * @throws IllegalArgumentException if threads is less than 1
         */
        public Builder threads(int threads) {
            if (threads < 1) {
                throw new IllegalArgumentException("an update needs at least 1 thread, not " + threads);
            }
            this.threads = threads;
            return this;
        }

        /**
         * Takes memory for the average and copies the model's present numbers into it.
         *
         * @return the average
         * @throws IllegalStateException if no schedule was set
         * @throws IllegalArgumentException if an argument is out of its range, or a tensor cannot be averaged
         * @throws OutOfMemoryError if there is no memory for the average
         */
        public ParameterAverage build() {
            return new ParameterAverage(this);
        }

        private Schedule schedule() {
            if (schedule == null) {
                throw new IllegalStateException(
                        "an average needs a schedule, such as schedule(Schedules.decay(0.999))");
            }
            return schedule;
        }
    }
}
