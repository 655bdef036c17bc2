package dev.polyak;

import static java.util.Objects.requireNonNull;

import dev.polyak.internal.offload.AverageGroup;
import dev.polyak.internal.offload.BackgroundExecutor;
import dev.polyak.internal.offload.InlineExecutor;
import dev.polyak.internal.offload.ReadingLock;
import dev.polyak.internal.offload.TransportFactory;
import dev.polyak.internal.offload.UpdateExecutor;
import dev.polyak.internal.partition.WorkerThreads;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.update.Counters;
import dev.polyak.internal.update.PlannedCall;
import dev.polyak.internal.update.PolicyStep;
import dev.polyak.offload.Offload;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.Schedule;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a {@link ParameterAverage} is made of; begun by {@link ParameterAverage#builder}. How the average is
 * made is said once: by a schedule, a rule, or several rules. Not safe for use by several threads.
 */
public final class AverageBuilder {
    private final MemoryStore online;
    private List<AverageRule> rules = List.of();
    private @Nullable Schedule schedule;
    private NonFinitePolicy nonFinite = NonFinitePolicy.FOLD;
    private @Nullable DType dtype;
    private @Nullable Device device;
    private @Nullable Offload offload;
    private List<ParameterStore> into = List.of();
    private int threads = WorkerThreads.shared().size();

    AverageBuilder(ParameterStore online) {
        this.online = MemoryStore.of(online);
    }

    /**
     * Sets the weights, under the usual rule: the same as {@code rule(ScheduledRule.of(schedule))}.
     *
     * @param weights the weight of each update
     * @return this builder
     */
    public AverageBuilder schedule(Schedule weights) {
        requireNonNull(weights, "weights");
        schedule = weights;
        return this;
    }

    /**
     * Sets the rule: the usual one with settings, such as {@code ScheduledRule.of(schedule).every(10)}, that of a saved
     * average, or another framework's.
     *
     * @param rule how the average is made
     * @return this builder
     */
    public AverageBuilder rule(AverageRule rule) {
        requireNonNull(rule, "rule");
        return rules(List.of(rule));
    }

    /**
     * Sets several rules, for an average each.
     *
     * @param several at least one; all must hold the same tensors
     * @return this builder
     */
    public AverageBuilder rules(List<? extends AverageRule> several) {
        requireNonNull(several, "several");
        rules = List.copyOf(several);
        return this;
    }

    /**
     * Sets what an update does with infinities and NaNs in the source.
     *
     * @param policy by default {@link NonFinitePolicy#FOLD}
     * @return this builder
     */
    public AverageBuilder nonFinite(NonFinitePolicy policy) {
        requireNonNull(policy, "policy");
        nonFinite = policy;
        return this;
    }

    /**
     * Sets the floating-point type in which the average is kept. An average in bfloat16 or binary16 does not move at
     * decays near 1, since each update is rounded away; keep {@link DType#F32}.
     *
     * @param kept a floating-point type; by default each tensor is kept in its own
     * @return this builder
     * @throws IllegalArgumentException if the type is not floating-point
     */
    public AverageBuilder dtype(DType kept) {
        requireNonNull(kept, "kept");
        if (!kept.isFloat()) {
            throw new IllegalArgumentException("an average is kept in F64, F32, BF16 or F16, not in " + kept);
        }
        dtype = kept;
        return this;
    }

    /**
     * Sets the device on which the average is kept. On another than the model's, updates are made in the background
     * (see {@link Offload}), in the same bits.
     *
     * @param home by default the model's
     * @return this builder
     */
    public AverageBuilder device(Device home) {
        requireNonNull(home, "home");
        device = home;
        return this;
    }

    /**
     * Sets how an average follows its model in the background.
     *
     * @param how by default {@link Offload#GATED} for an average on another device than its model; one on the same
     *     device is by default updated at once
     * @return this builder
     */
    public AverageBuilder offload(Offload how) {
        requireNonNull(how, "how");
        offload = how;
        return this;
    }

    /**
     * Sets the stores in which the averages are kept, instead of memory of their own: a file that is mapped for reading
     * and writing, for averages larger than memory. (All of it must have been written once: where the disk is full, a
     * hole in a mapped file kills the JVM.) Their device is that of {@link #device}.
     *
     * @param stores one for each rule, of the {@linkplain ParameterAverage#layout() average's layout}; closed by the
     *     caller, after the average
     * @return this builder
     */
    public AverageBuilder into(ParameterStore... stores) {
        requireNonNull(stores, "stores");
        into = List.of(stores);
        return stores.length == 0 ? this : device(stores[0].device());
    }

    /**
     * Sets how many threads an update may use. The result does not depend on it.
     *
     * @param most at least 1; by default all processors
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public AverageBuilder threads(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("an update needs at least 1 thread, not " + most);
        }
        threads = most;
        return this;
    }

    /**
     * Takes memory for the average and copies the model's present numbers into it.
     *
     * @return the average
     * @throws IllegalStateException if neither a schedule nor a rule was set, or both; or another average is in the
     *     model's place
     * @throws IllegalArgumentException if a tensor cannot be averaged, or the stores of {@link #into} do not fit, or
     *     are in the model's memory or each other's
     * @throws OutOfMemoryError if there is no memory for the average
     */
    public ParameterAverage build() {
        List<AverageRule> all = rules();
        ParameterLayout layout = layout(all);
        List<PlannedCall> plans =
                all.stream().map(rule -> new PlannedCall(rule, layout)).toList(); // may refuse, before memory is taken
        Counters counters = new Counters(all.size());
        ReadingLock readings = new ReadingLock();
        List<MemoryStore> averages = memory(layout, all.size());
        UpdateExecutor executor;
        try {
            executor = executor(averages, plans, counters, readings);
        } catch (RuntimeException | Error e) {
            averages.forEach(ParameterStore::close);
            throw e;
        }
        return new ParameterAverage(new AverageGroup(online, plans, averages, counters, readings, executor), nonFinite);
    }

    private List<AverageRule> rules() {
        if (schedule == null && rules.isEmpty()) {
            throw new IllegalStateException(
                    "an average needs a schedule, such as schedule(Schedules.decay(0.999)), or a rule");
        }
        if (schedule != null && !rules.isEmpty()) {
            throw new IllegalStateException(
                    "a schedule and a rule have been set, and a rule has a schedule of its own:" + " set one of them");
        }
        return schedule == null ? rules : List.of(ScheduledRule.of(schedule));
    }

    /** The tensors that the rules hold, in the types in which they are kept. */
    private ParameterLayout layout(List<AverageRule> all) {
        ParameterLayout model = online.layout();
        ParameterLayout held = model.select(tensor -> all.get(0).treatment(tensor) != Treatment.OMIT);
        for (AverageRule rule : all) {
            if (!model.select(tensor -> rule.treatment(tensor) != Treatment.OMIT)
                    .equals(held)) {
                throw new IllegalArgumentException("averages that share their readings must hold the same tensors");
            }
        }
        DType kept = dtype;
        return kept == null ? held : held.map(tensor -> tensor.dtype().isFloat() ? tensor.as(kept) : tensor);
    }

    private Device home() {
        return device == null ? online.device() : device;
    }

    /** A store for each average. */
    private List<MemoryStore> memory(ParameterLayout layout, int count) {
        if (!into.isEmpty() && into.size() != count) {
            throw new IllegalArgumentException(
                    "there are " + count + " averages to keep, in " + into.size() + " stores");
        }
        requireApart(into);
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
        return List.copyOf(memory);
    }

    /** Refuses stores that are the model's memory or each other's, as far as tensors in one place show it. */
    private void requireApart(List<ParameterStore> stores) {
        Set<Long> used = new HashSet<>();
        addresses(online).forEach((address, name) -> used.add(address));
        for (int k = 0; k < stores.size(); k++) {
            for (Map.Entry<Long, String> place : addresses(stores.get(k)).entrySet()) {
                if (!used.add(place.getKey())) {
                    throw new IllegalArgumentException("store " + k + " has tensor '" + place.getValue()
                            + "' in memory of the model or of a store before it: give each average memory of its own");
                }
            }
        }
    }

    /** Where a store's tensors are that are not empty, and their names. */
    private static Map<Long, String> addresses(ParameterStore store) {
        Map<Long, String> addresses = new LinkedHashMap<>();
        ParameterLayout layout = store.layout();
        for (int i = 0; i < layout.size(); i++) {
            if (layout.ownerOf(i) == i && layout.tensor(i).bytes() > 0) {
                addresses.put(store.address(i), layout.tensor(i).name());
            }
        }
        return addresses;
    }

    private UpdateExecutor executor(
            List<MemoryStore> averages, List<PlannedCall> plans, Counters counters, ReadingLock readings) {
        if (offload == null && home().equals(online.device())) {
            return new InlineExecutor(new PolicyStep(online, averages, plans, nonFinite, threads, counters), readings);
        }
        TransportFactory transports = new TransportFactory(
                online, averages, plans, offload == null ? Offload.GATED : offload, nonFinite, threads, counters);
        return new BackgroundExecutor(transports.offload(), plans, transports, readings, () -> {
            for (MemoryStore average : averages) {
                average.copyFrom(online);
            }
        });
    }
}
