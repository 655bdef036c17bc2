package dev.polyak.internal.fold;

import dev.polyak.AverageCounters;
import dev.polyak.ParameterStore;
import dev.polyak.internal.kernel.Updates;
import dev.polyak.internal.partition.Partition;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.update.PlannedCall;
import dev.polyak.internal.update.WeightCheck;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a fold of several sources does, found out before anything is read. */
public final class FoldPlan {
    /**
     * Elements of a piece, while not too many threads have one: longer runs in each source are read a tenth faster than
     * runs of a quarter of that, longer ones no faster.
     */
    private static final int LONG_PIECE = 1 << 18;
    /** What the threads' pieces take together at most, unless there are more than a hundred threads. */
    private static final int PIECES_BYTES = 64 << 20;

    private final List<MemoryStore> sources;
    private final AverageRule rule;
    private final ParameterLayout layout;
    private final ParameterLayout accumulators;
    private final LayoutMatch[] matches;
    private final Treatment[] treatments;
    private final int pieceElements;
    private final int base;
    private final int lastTouched;
    private final int[] mixed;
    private final Updates updates;
    private final AverageCounters counters;
    private final double debiasing;

    /**
     * Checks everything.
     *
     * @param dtype the floating-point type of the result; null: that of the first source
     * @param accumulator the floating-point type in which it is kept until the end; null: that of the result
     * @param threads how many threads may take part
     * @throws IllegalArgumentException if the sources do not have the same tensors, or one cannot be averaged
     * @throws IllegalStateException if the rule has no weight for one of them, or one that would ruin the average
     */
    public FoldPlan(
            List<MemoryStore> sources,
            AverageRule rule,
            @Nullable DType dtype,
            @Nullable DType accumulator,
            int threads) {
        this.sources = sources;
        this.rule = rule;
        ParameterLayout model = sources.get(0).layout();
        ParameterLayout first = model.select(tensor -> rule.treatment(tensor) != Treatment.OMIT);
        layout = as(first, dtype);
        accumulators = as(layout, accumulator);
        // A thread has two buffers of binary64.
        int affordable = PIECES_BYTES / (2 * Double.BYTES) / threads;
        pieceElements = Math.max(Partition.ELEMENTS, Math.min(LONG_PIECE, affordable));
        treatments = PlannedCall.treatments(accumulators, rule);
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
                double weight = rule.weight(k);
                double decay = rule.decay(k);
                double divisor = rule.divisor(k);
                WeightCheck.require(rule, k, weight, decay, divisor);
                later.add(k);
                updates.add(weight, decay, divisor);
                count++;
            }
        }
        base = whole;
        lastTouched = touched;
        mixed = later.stream().mapToInt(Integer::intValue).toArray();
        counters = new AverageCounters(sources.size() - 1, count);
        debiasing = WeightCheck.debiasing(rule, counters.calls());
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

    private static String describe(ParameterStore store) {
        return store.layout().size() > 0 ? store.origin(0) : "a store without tensors";
    }

    private static ParameterLayout as(ParameterLayout layout, @Nullable DType dtype) {
        return dtype == null ? layout : layout.map(tensor -> tensor.dtype().isFloat() ? tensor.as(dtype) : tensor);
    }

    public List<MemoryStore> sources() {
        return sources;
    }

    AverageRule rule() {
        return rule;
    }

    /** The tensors of the result. */
    public ParameterLayout layout() {
        return layout;
    }

    /** The tensors of the result in the types in which they are accumulated. */
    public ParameterLayout accumulators() {
        return accumulators;
    }

    /** Where a tensor of the result is in a source. */
    int sourceOf(int source, int tensor) {
        return matches[source].sourceOf(tensor);
    }

    Treatment treatment(int tensor) {
        return treatments[tensor];
    }

    public int pieceElements() {
        return pieceElements;
    }

    /** The last source that is copied whole, from which the folding begins. */
    public int base() {
        return base;
    }

    /** The last source of which anything is taken: what is copied at every call is its. */
    int lastTouched() {
        return lastTouched;
    }

    /** How many sources are mixed in from the base on. */
    int mixedCount() {
        return mixed.length;
    }

    /** Which source is the j-th of these. */
    int mixed(int j) {
        return mixed[j];
    }

    /** With what each of these is mixed in. */
    Updates updates() {
        return updates;
    }

    /** How far the average comes. */
    public AverageCounters counters() {
        return counters;
    }

    /** What the result is divided by in the end. */
    double debiasing() {
        return debiasing;
    }
}
