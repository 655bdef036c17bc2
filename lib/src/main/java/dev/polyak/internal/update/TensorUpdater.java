package dev.polyak.internal.update;

import dev.polyak.internal.kernel.Elements;
import dev.polyak.internal.kernel.IntegerAverage;
import dev.polyak.internal.kernel.Kernels;
import dev.polyak.internal.kernel.UpdateKernel;
import dev.polyak.internal.kernel.Updates;
import dev.polyak.internal.store.HostMemoryStore;
import dev.polyak.internal.store.LostMemory;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.LayoutMatch;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** What a call does to each piece of one average. Made once, so that a call allocates nothing. */
final class TensorUpdater {
    /** Counters of different threads are this many longs apart, so that they are not in one cache line. */
    private static final int FALSE_SHARING = 8;

    private final HostMemoryStore average;
    private final HostMemoryStore source;
    private final PlannedCall call;
    private final Kernels kernels;
    private final int[] sourceTensors;
    private final Treatment[] treatments;
    private final UpdateKernel[] updateKernels;
    private final MemorySegment[][] sources;
    private final long[][] sourceOffsets;
    private final Updates updates = new Updates(1);
    private final boolean finiteOnly;
    private final long[] left;

    /** Every tensor of the average has its counterpart in the source, the floating-point types apart. */
    TensorUpdater(
            HostMemoryStore average,
            HostMemoryStore source,
            PlannedCall call,
            Kernels kernels,
            boolean finiteOnly,
            int threads) {
        this.average = average;
        this.source = source;
        this.call = call;
        this.kernels = kernels;
        LayoutMatch match = LayoutMatch.of(average.layout(), source.layout());
        this.sourceTensors = new int[average.layout().size()];
        Arrays.setAll(sourceTensors, match::sourceOf);
        this.treatments = call.treatments();
        this.finiteOnly = finiteOnly;
        this.left = new long[threads * FALSE_SHARING];
        this.updateKernels = new UpdateKernel[threads];
        Arrays.setAll(updateKernels, i -> new UpdateKernel(kernels));
        this.sources = new MemorySegment[threads][1];
        this.sourceOffsets = new long[threads][1];
    }

    /** Takes over the scalars of the planned call. */
    void begin() {
        updates.clear();
        updates.add(call.weight(), call.decay(), call.divisor());
    }

    /** Whether the planned call mixes the source in. */
    boolean updates() {
        return call.updates();
    }

    /** Does to a piece of the average's tensor what the planned call does. */
    void apply(int worker, int tensor, long from, int count) {
        switch (treatments[tensor]) {
            case COPY -> {
                if (call.acts()) {
                    copy(tensor, from, count);
                }
            }
            case FREEZE -> {
                if (call.copies()) {
                    copy(tensor, from, count);
                }
            }
            case AVERAGE, TRUNCATE -> {
                if (call.copies()) {
                    copy(tensor, from, count);
                }
                if (call.updates()) {
                    update(worker, tensor, from, count);
                }
            }
            case LEAVE, OMIT -> {}
        }
    }

    /** Does the same for another average of the source; where both mix it in alike, it is read once for both. */
    void apply(TensorUpdater other, int worker, int tensor, long from, int count) {
        boolean alike = onlyMixes(tensor) && other.onlyMixes(tensor) && call.formula() == other.call.formula();
        if (!alike || !updateBoth(other, worker, tensor, from, count)) {
            apply(worker, tensor, from, count);
            other.apply(worker, tensor, from, count);
        }
    }

    /** How many elements of the average stayed as they were, so far, since the source's were infinite or no numbers. */
    long elementsLeft() {
        return Arrays.stream(left).sum();
    }

    /** How many elements of a piece of the source are infinite or no numbers; 0 where it is not mixed in. */
    long nonFinite(int tensor, long from, int count) {
        if (!call.updates() || treatments[tensor] != Treatment.AVERAGE) {
            return 0;
        }
        int there = sourceTensors[tensor];
        DType type = source.layout().tensor(there).dtype();
        long at = from * type.bits() / 8;
        source.probe(there, at, (long) count * type.bits() / 8);
        return kernels.scan(Elements.of(type)).nonFinite(source.segment(there), at, count);
    }

    /** Names what was lost when a piece failed. */
    RuntimeException failed(int tensor, Throwable cause) {
        return LostMemory.explain(cause, average.layout().tensor(tensor).name(), source, average);
    }

    /** Takes a piece of the source as it is. */
    void copy(int tensor, long from, int count) {
        average.copyPiece(kernels, source, sourceTensors[tensor], tensor, from, count);
    }

    private boolean onlyMixes(int tensor) {
        return treatments[tensor] == Treatment.AVERAGE && call.updates() && !call.copies() && !finiteOnly;
    }

    private boolean updateBoth(TensorUpdater other, int worker, int tensor, long from, int count) {
        int there = sourceTensors[tensor];
        DType type = average.layout().tensor(tensor).dtype();
        DType sourceType = source.layout().tensor(there).dtype();
        long sourceAt = from * sourceType.bits() / 8;
        source.probe(there, sourceAt, (long) count * sourceType.bits() / 8);
        return updateKernels[worker].applyTwo(
                call.formula(),
                Elements.of(type),
                average.segment(tensor),
                other.average.segment(tensor),
                from * type.bits() / 8,
                Elements.of(sourceType),
                source.segment(there),
                sourceAt,
                updates,
                other.updates,
                count);
    }

    private void update(int worker, int tensor, long from, int count) {
        int there = sourceTensors[tensor];
        DType type = average.layout().tensor(tensor).dtype();
        DType sourceType = source.layout().tensor(there).dtype();
        long at = from * type.bits() / 8;
        long sourceAt = from * sourceType.bits() / 8;
        source.probe(there, sourceAt, (long) count * sourceType.bits() / 8);
        MemorySegment e = average.segment(tensor);
        MemorySegment p = source.segment(there);
        if (treatments[tensor] == Treatment.TRUNCATE) {
            IntegerAverage.update(
                    type, call.formula(), call.weight(), call.decay(), call.divisor(), e, at, p, sourceAt, count);
        } else {
            sources[worker][0] = p;
            sourceOffsets[worker][0] = sourceAt;
            left[worker * FALSE_SHARING] += updateKernels[worker].apply(
                    call.formula(),
                    Elements.of(type),
                    e,
                    at,
                    Elements.of(sourceType),
                    sources[worker],
                    sourceOffsets[worker],
                    updates,
                    0,
                    1,
                    finiteOnly,
                    count);
        }
    }
}
