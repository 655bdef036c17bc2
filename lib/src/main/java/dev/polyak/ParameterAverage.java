package dev.polyak;

import static java.util.Objects.requireNonNull;

import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.error.NonFiniteException;
import dev.polyak.error.UpdateFailedException;
import dev.polyak.internal.offload.BackgroundExecutor;
import dev.polyak.internal.offload.InlineExecutor;
import dev.polyak.internal.offload.TransportFactory;
import dev.polyak.internal.offload.UpdateExecutor;
import dev.polyak.internal.partition.WorkerThreads;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.store.Occupant;
import dev.polyak.internal.store.Resources;
import dev.polyak.internal.update.Counters;
import dev.polyak.internal.update.PlannedCall;
import dev.polyak.internal.update.PolicyStep;
import dev.polyak.offload.Offload;
import dev.polyak.offload.OffloadStats;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running average of a model's parameters: a {@linkplain ParameterStore store} that follows another, as an
 * {@linkplain AverageRule rule} says; or several averages, under a rule each, that share every reading of the model.
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
 * <p>An update reads source and average once, writes the average once, and allocates nothing on the Java heap. With K
 * averages it reads the source once for all: 4 + 8K bytes an element of binary32 instead of 12K. Its result is the same
 * in every bit whatever the machine's vectors and the number of threads.
 *
 * <p>For one thread at a time; several objects may follow one source at once. If memory is lost in the middle of an
 * update (a mapped source is truncated, a foreign arena closed), the average is <em>torn</em>: every further use throws
 * until {@link #restart()} or {@link #restore}.
 */
public final class ParameterAverage implements AutoCloseable {
    private final MemoryStore online;
    private final List<AverageRule> rules;
    private final ParameterLayout layout;
    private final List<PlannedCall> plans;
    private final List<MemoryStore> averages = new ArrayList<>();
    private final Counters progress;
    private final UpdateExecutor executor;
    private long calls;
    private @Nullable RuntimeException torn;
    private @Nullable SwappedAverage swapped;
    private @Nullable SwappedAverage unrestored;
    private boolean closed;

    private ParameterAverage(Builder builder) {
        online = builder.online;
        rules = builder.rules();
        layout = layout(online.layout(), rules, builder.dtype);
        plans = rules.stream()
                .map(rule -> new PlannedCall(rule, layout))
                .toList(); // may refuse, before memory is taken
        progress = new Counters(rules.size());
        try {
            averages.addAll(builder.memory(layout));
            executor = executor(builder);
        } catch (RuntimeException | Error e) {
            averages.forEach(ParameterStore::close);
            throw e;
        }
        try {
            begin();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private UpdateExecutor executor(Builder builder) {
        Offload offload = builder.offload;
        if (offload == null && builder.home().equals(online.device())) {
            return new InlineExecutor(
                    new PolicyStep(online, averages, plans, builder.nonFinite, builder.threads, progress));
        }
        TransportFactory transports = new TransportFactory(
                online,
                averages,
                plans,
                offload == null ? Offload.GATED : offload,
                builder.nonFinite,
                builder.threads,
                progress);
        return new BackgroundExecutor(transports.offload(), plans, transports, () -> {
            for (MemoryStore average : averages) {
                average.copyFrom(online);
            }
        });
    }

    /**
     * Begins an average of a store.
     *
     * @param online the store whose numbers change as the model is trained
     * @return a builder
     */
    public static Builder builder(ParameterStore online) {
        requireNonNull(online, "online");
        return new Builder(online);
    }

    /**
     * Takes notice of one training step: mixes the source in, copies it, or neither, as the {@linkplain #rule() rule}
     * says. If it throws anything but a {@link MemoryLostException}, the average is as it was.
     *
     * <p>An average on the model's device is updated on return. For one on another device the model is read on return,
     * and the update may still be under way.
     *
     * @return the update
     * @throws IllegalStateException if the average is closed, torn or swapped in, another average is in the model's
     *     place, or the rule has no weight for this call, or one that is not a number from 0 to 1
     * @throws NonFiniteException if the source holds an infinity or a NaN and the policy is
     *     {@link NonFinitePolicy#ABORT}
     * @throws UpdateFailedException if an update before, in the background, failed, and nobody has asked its ticket;
     *     this call has not been counted
     * @throws MemoryLostException if memory was lost meanwhile; the average is then torn
     */
    public UpdateTicket update() {
        return call(null);
    }

    /**
     * Takes notice of one training step of a model on a GPU, behind the work that a stream has been given so far, and
     * before what it is given later: only enqueued on return. Reading the average ({@link #store}, {@link #swap()},
     * saving) waits for it.
     *
     * <p>Of an average on the same device everything is enqueued on the stream; who writes to the model on another lets
     * that one wait at the ticket's {@linkplain UpdateTicket#gate gate}. With {@link NonFinitePolicy#SKIP_UPDATE} and
     * {@link NonFinitePolicy#ABORT} this method waits for the model's numbers to be looked at.
     *
     * <p>Of an average on another device the numbers are read beside the stream's further work: whatever writes to the
     * model's parameters waits at the gate first (see {@link Offload}). An update whose gate nobody has waited at and
     * which is still reading when the next begins is discarded, and the next throws.
     *
     * @param stream the stream that trains, of the model's device
     * @return the update, perhaps under way
     * @throws IllegalArgumentException if the model is not on the stream's GPU
     * @throws IllegalStateException as {@link #update()}
     * @throws NonFiniteException as {@link #update()}
     * @throws UpdateFailedException as {@link #update()}
     * @throws CudaException if the work cannot be enqueued; the average is then as it was
     */
    public UpdateTicket update(CudaStream stream) {
        requireNonNull(stream, "stream");
        Device device = online.device();
        if (device.type() != Device.Type.CUDA || device.index() != stream.device()) {
            throw new IllegalArgumentException("the model is on " + device + ", the stream on cuda:" + stream.device()
                    + ": give a stream of the model's");
        }
        return call(stream);
    }

    private UpdateTicket call(@Nullable CudaStream stream) {
        requireUsable();
        requireModel();
        boolean something = false;
        int skippedSinceLast = executor.skippedSinceLast();
        for (int k = 0; k < plans.size(); k++) {
            something |= plans.get(k).plan(calls + 1, skippedSinceLast);
        }
        UpdateTicket ticket = UpdateTicket.DONE;
        if (something) {
            try {
                ticket = executor.update(calls + 1, stream);
            } catch (MemoryLostException e) {
                torn = e;
                throw e;
            }
        }
        calls++;
        if (stream == null || executor.isBlocking()) {
            awaitReading(ticket);
        }
        return ticket;
    }

    private void awaitReading(UpdateTicket ticket) {
        try {
            ticket.gate();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "the thread was interrupted while update " + calls
                            + " was reading the model: wait at its gate before the model is written to",
                    e);
        }
    }

    /**
     * Exchanges average and model: until the returned scope is closed, {@link #online} holds the average and nothing
     * can be updated. Of several averages, the first.
     *
     * @return the scope; its {@code close()} brings the model's numbers back, bit for bit
     * @throws IllegalStateException if the average is closed, torn or already swapped in, or another average is in the
     *     model's place
     * @throws UnsupportedOperationException if the model's store is read-only
     * @throws OutOfMemoryError if there is no memory to park the model's numbers in; nothing has changed then
     * @see #swap(int)
     */
    public SwappedAverage swap() {
        return swap(0);
    }

    /**
     * Exchanges one of the averages and the model: until the returned scope is closed, {@link #online} holds the
     * average and nothing can be updated.
     *
     * <p>Where both are kept in the same types this is done in place, without further memory. Where they differ (an
     * average in binary32 of a bfloat16 model), or the average is debiased, the model's numbers are parked in host
     * memory meanwhile, which takes as many bytes as the model has; the average, rounded to the model's types, takes
     * their place.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return the scope; its {@code close()} brings the model's numbers back, bit for bit
     * @throws IndexOutOfBoundsException if there is no such average
     * @throws IllegalStateException if the average is closed, torn or already swapped in, or another average is in the
     *     model's place
     * @throws UnsupportedOperationException if the model's store is read-only
     * @throws OutOfMemoryError if there is no memory to park the model's numbers in; nothing has changed then
     */
    public SwappedAverage swap(int which) {
        requireSettled();
        requireModel();
        double debiasing = plans.get(which).debiasing(calls);
        if (debiasing == 1) {
            swapped = SwappedAverage.begin(this, which);
        } else {
            try (ParameterStore value = value(which)) {
                swapped = SwappedAverage.park(this, value);
            }
        }
        return swapped;
    }

    /**
     * The averaged numbers; of several averages, those of the first.
     *
     * @return the average's own store, to be read, saved or evaluated; it lives as long as this average
     * @throws IllegalStateException if the average is closed, torn or swapped in (its memory then holds the model's
     *     numbers)
     */
    public ParameterStore store() {
        return store(0);
    }

    /**
     * The numbers of one of the averages, as they are kept: not debiased.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return the average's own store, to be read, saved or evaluated; it lives as long as this average
     * @throws IndexOutOfBoundsException if there is no such average
     * @throws IllegalStateException if the average is closed, torn or swapped in (its memory then holds the model's
     *     numbers)
     */
    public ParameterStore store(int which) {
        requireSettled();
        return averages.get(which);
    }

    /**
     * A copy of one of the averages, {@linkplain AverageRule#debiasing debiased}.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return a store of its own, to be closed by the caller
     * @throws IndexOutOfBoundsException if there is no such average
     * @throws IllegalStateException if the average is closed, torn or swapped in
     * @throws OutOfMemoryError if there is no memory for the copy
     */
    public ParameterStore value(int which) {
        requireSettled();
        MemoryStore average = averages.get(which);
        double divisor = plans.get(which).debiasing(calls);
        MemoryStore copy = MemoryStore.allocate(layout, average.device());
        try {
            copy.copyFrom(average);
            if (divisor != 1) {
                copy.divide(plans.get(which).averaged(), divisor);
            }
        } catch (RuntimeException e) {
            copy.close();
            throw e;
        }
        return copy;
    }

    /**
     * Keeps updates from being made while the averages are read: what is read is one complete update, and training goes
     * on meanwhile, as far as its updates find room. For any thread.
     *
     * @return the scope; updates go on when it is closed, by the same thread
     */
    public AverageReading reading() {
        executor.pause();
        return new AverageReading(averages, executor);
    }

    /**
     * What an average on another device than its model has cost so far.
     *
     * @return the figures; all 0 for an average that is updated at once
     */
    public OffloadStats stats() {
        return executor.stats();
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
     * The model's own numbers, wherever they are: in its {@linkplain #online() store}, or where they have been put
     * while this or another average is in their place.
     *
     * @return a store of the model's layout, good until the next swap begins or ends
     */
    public ParameterStore model() {
        Occupant occupant = online.occupant();
        return occupant == null ? online : occupant.model();
    }

    /**
     * The tensors of the average.
     *
     * @return those of the model that the rule holds, in the types in which they are kept
     */
    public ParameterLayout layout() {
        return layout;
    }

    /**
     * How the average is made; of several, the first.
     *
     * @return the rule
     */
    public AverageRule rule() {
        return rules.get(0);
    }

    /**
     * How each of the averages is made.
     *
     * @return the rules, in order
     */
    public List<AverageRule> rules() {
        return rules;
    }

    /**
     * How far the average has come; of several, the first.
     *
     * @return the counters, to be saved with the {@linkplain #store() numbers}
     */
    public AverageCounters counters() {
        executor.settle();
        return new AverageCounters(calls, progress.updates(0));
    }

    /**
     * What was left out because of infinities and NaNs in the source.
     *
     * @return elements that {@link NonFinitePolicy#SKIP_ELEMENT} left, over all updates and averages
     */
    public long skippedElements() {
        executor.settle();
        return executor.elementsLeft();
    }

    /**
     * What was left out because of infinities and NaNs in the source.
     *
     * @return updates that {@link NonFinitePolicy#SKIP_UPDATE} left so far (one under way is not looked at yet); they
     *     count as calls, not as updates
     */
    public long skippedUpdates() {
        return progress.skippedUpdates();
    }

    /**
     * Begins anew from the model's present numbers, as the builder did; a torn average is whole again. Allocates
     * nothing on the Java heap.
     *
     * @throws IllegalStateException if the average is closed or swapped in, or another average is in the model's place
     * @throws MemoryLostException if the model's memory is gone; the average is then torn
     */
    public void restart() {
        requireNotClosed();
        requireNotSwapped();
        quiesce();
        begin();
    }

    /**
     * Goes on from a saved state: numbers and counters. A torn average is whole again.
     *
     * @param counters how far the saved average had come
     * @param numbers its numbers, matched {@linkplain LayoutMatch by name}; one store for each rule
     * @throws IllegalArgumentException if there are not as many stores as rules, or a tensor has no counterpart of its
     *     shape in the numbers; nothing has changed then
     * @throws IllegalStateException if the average is closed or swapped in
     * @throws MemoryLostException if the numbers are lost while they are read; the average is then torn
     */
    public void restore(AverageCounters counters, ParameterStore... numbers) {
        requireNonNull(counters, "counters");
        requireNonNull(numbers, "numbers");
        requireNotClosed();
        requireNotSwapped();
        if (numbers.length != rules.size()) {
            throw new IllegalArgumentException(
                    "there are " + rules.size() + " averages to restore, from " + numbers.length + " stores");
        }
        for (int k = 0; k < numbers.length; k++) {
            averages.get(k).requireAllOf(numbers[k]);
        }
        quiesce();
        try {
            for (int k = 0; k < numbers.length; k++) {
                averages.get(k).copyFrom(numbers[k]);
            }
        } catch (MemoryLostException | CudaException e) {
            torn = e;
            throw e;
        }
        calls = counters.calls();
        progress.restart(counters.updates());
        executor.clearLoss();
        torn = null;
    }

    /**
     * Frees the average's memory. Swapped numbers are brought back first; an update under way is waited for, up to half
     * a minute. A second call does nothing.
     *
     * @throws MemoryLostException if swapped numbers cannot be brought back
     * @throws CudaException if a GPU fails; everything that can be freed is
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (Resources freed = new Resources()) {
            averages.forEach(freed::keep);
            freed.keep(executor);
            SwappedAverage scope = swapped;
            if (scope != null) {
                freed.keep(scope::discard);
                freed.keep(scope);
            }
            if (unrestored != null) {
                freed.keep(unrestored::discard);
            }
        }
    }

    /** Called by the scope when the model's numbers are back, or could not be brought back. */
    void swapEnded(@Nullable RuntimeException failure) {
        swapped = null;
        torn = failure;
    }

    /** Called by a scope that could not bring the model's numbers back: it keeps them until this is closed. */
    void keepUnrestored(SwappedAverage scope) {
        unrestored = scope;
    }

    /** The model's store. */
    MemoryStore source() {
        return online;
    }

    /** Memory for the model's numbers while an average is in their place; null if there is none. */
    @Nullable
    MemoryStore parking() {
        MemoryStore memory = executor.parking();
        return memory != null && memory.layout().equals(online.layout()) ? memory : null;
    }

    /** The memory of one of the averages, whatever is in it. */
    MemoryStore memory(int which) {
        return averages.get(which);
    }

    private void begin() {
        requireModel();
        try {
            executor.copyAll();
            for (int k = 0; k < rules.size(); k++) {
                if (plans.get(k).startsAtZero()) {
                    averages.get(k).zero(plans.get(k).averaged());
                }
            }
        } catch (MemoryLostException | CudaException e) {
            torn = e;
            throw e;
        }
        calls = 0;
        progress.restart(0);
        torn = null;
    }

    /** The tensors that the rules hold, in the types in which they are kept. */
    private static ParameterLayout layout(ParameterLayout model, List<AverageRule> rules, @Nullable DType kept) {
        ParameterLayout held = model.select(tensor -> rules.get(0).treatment(tensor) != Treatment.OMIT);
        for (AverageRule rule : rules) {
            if (!model.select(tensor -> rule.treatment(tensor) != Treatment.OMIT)
                    .equals(held)) {
                throw new IllegalArgumentException("averages that share their readings must hold the same tensors");
            }
        }
        return kept == null ? held : held.map(tensor -> tensor.dtype().isFloat() ? tensor.as(kept) : tensor);
    }

    private void requireUsable() {
        requireNotClosed();
        requireNotSwapped();
        if (torn != null) {
            throw new IllegalStateException(
                    "this average is torn since memory was lost: restart() it, or restore() it from a saved one", torn);
        }
    }

    /** The average as it is after the last complete update. */
    private void requireSettled() {
        requireUsable();
        try {
            executor.settle();
        } catch (MemoryLostException e) {
            torn = e;
            requireUsable();
        }
    }

    /** Lets what is under way end, however it does. */
    private void quiesce() {
        try {
            executor.settle();
        } catch (UpdateFailedException | MemoryLostException e) {
            // All numbers are replaced now.
        }
    }

    private void requireNotClosed() {
        if (closed) {
            throw new IllegalStateException("this average is closed");
        }
    }

    private void requireModel() {
        online.requireUnmoved();
        if (online.occupant() != null) {
            throw new IllegalStateException(
                    "another average is in this model's place: close the scope that its swap() returned" + " first");
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
        private final MemoryStore online;
        private List<AverageRule> rules = List.of();
        private @Nullable Schedule schedule;
        private UpdateFormula formula = UpdateFormula.LERP;
        private int every = 1;
        private long start;
        private BufferPolicy buffers = BufferPolicy.COPY;
        private IntegerPolicy integers = IntegerPolicy.COPY;
        private NonFinitePolicy nonFinite = NonFinitePolicy.FOLD;
        private @Nullable DType dtype;
        private @Nullable Device device;
        private @Nullable Offload offload;
        private List<ParameterStore> into = List.of();
        private int threads = WorkerThreads.shared().size();

        private Builder(ParameterStore online) {
            this.online = MemoryStore.of(online);
        }

        /**
         * Sets the whole rule, instead of schedule, order, interval, start and policies.
         *
         * @param rule for example that of a saved average, or another framework's
         * @return this builder
         */
        public Builder rule(AverageRule rule) {
            requireNonNull(rule, "rule");
            return rules(List.of(rule));
        }

        /**
         * Sets several rules, for an average each.
         *
         * @param several at least one; all must hold the same tensors
         * @return this builder
         */
        public Builder rules(List<? extends AverageRule> several) {
            requireNonNull(several, "several");
            rules = List.copyOf(several);
            return this;
        }

        /**
         * Sets the weights. Required, unless a rule is given.
         *
         * @param schedule the weight of each update
         * @return this builder
         */
        public Builder schedule(Schedule schedule) {
            requireNonNull(schedule, "schedule");
            this.schedule = schedule;
            return this;
        }

        /**
         * Sets the order of floating-point operations.
         *
         * @param formula by default {@link UpdateFormula#LERP}
         * @return this builder
         */
        public Builder formula(UpdateFormula formula) {
            requireNonNull(formula, "formula");
            this.formula = formula;
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
            requireNonNull(policy, "policy");
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
            requireNonNull(policy, "policy");
            integers = policy;
            return this;
        }

        /**
         * Sets what an update does with infinities and NaNs in the source.
         *
         * @param policy by default {@link NonFinitePolicy#FOLD}
         * @return this builder
         */
        public Builder nonFinite(NonFinitePolicy policy) {
            requireNonNull(policy, "policy");
            nonFinite = policy;
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
        public Builder dtype(DType dtype) {
            requireNonNull(dtype, "dtype");
            if (!dtype.isFloat()) {
                throw new IllegalArgumentException("an average is kept in F64, F32, BF16 or F16, not in " + dtype);
            }
            this.dtype = dtype;
            return this;
        }

        /**
         * Sets the device on which the average is kept. On another than the model's, updates are made in the background
         * (see {@link Offload}), in the same bits.
         *
         * @param device by default the model's
         * @return this builder
         */
        public Builder device(Device device) {
            requireNonNull(device, "device");
            this.device = device;
            return this;
        }

        /**
         * Sets how an average follows its model in the background.
         *
         * @param how by default {@link Offload#GATED} for an average on another device than its model; one on the same
         *     device is by default updated at once
         * @return this builder
         */
        public Builder offload(Offload how) {
            requireNonNull(how, "how");
            offload = how;
            return this;
        }

        /**
         * Sets the stores in which the averages are kept, instead of memory of their own: a file that is mapped for
         * reading and writing, for averages larger than memory. (All of it must have been written once: where the disk
         * is full, a hole in a mapped file kills the JVM.) Their device is that of {@link #device}.
         *
         * @param stores one for each rule, of the {@linkplain ParameterAverage#layout() average's layout}; closed by
         *     the caller, after the average
         * @return this builder
         */
        public Builder into(ParameterStore... stores) {
            requireNonNull(stores, "stores");
            into = List.of(stores);
            return stores.length == 0 ? this : device(stores[0].device());
        }

        /** Where the averages are kept. */
        private Device home() {
            return device == null ? online.device() : device;
        }

        /** A store for each average. */
        private List<MemoryStore> memory(ParameterLayout layout) {
            int count = rules().size();
            if (!into.isEmpty() && into.size() != count) {
                throw new IllegalArgumentException(
                        "there are " + count + " averages to keep, in " + into.size() + " stores");
            }
            List<MemoryStore> memory = new ArrayList<>();
            try {
                for (int k = 0; k < count; k++) {
                    memory.add(
                            into.isEmpty()
                                    ? MemoryStore.allocate(layout, home())
                                    : MemoryStore.of(into.get(k)).borrowed(layout, home()));
                }
            } catch (RuntimeException | Error e) {
                memory.forEach(ParameterStore::close);
                throw e;
            }
            return memory;
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
         * @throws IllegalStateException if neither a schedule nor a rule was set
         * @throws IllegalArgumentException if an argument is out of its range, or a tensor cannot be averaged
         * @throws OutOfMemoryError if there is no memory for the average
         */
        public ParameterAverage build() {
            return new ParameterAverage(this);
        }

        private List<AverageRule> rules() {
            if (!rules.isEmpty()) {
                return rules;
            }
            if (schedule == null) {
                throw new IllegalStateException(
                        "an average needs a schedule, such as schedule(Schedules.decay(0.999)), or a rule");
            }
            return List.of(new ScheduledRule(schedule, formula, every, start, buffers, integers));
        }
    }
}
