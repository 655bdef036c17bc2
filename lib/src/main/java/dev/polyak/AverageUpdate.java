package dev.polyak;

import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.kernel.Kernels;
import dev.polyak.internal.kernel.PieceFold;
import dev.polyak.internal.kernel.Updates;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** What a call does to each piece of an average. Made once, so that a call allocates nothing. */
final class AverageUpdate implements Pieces.Action, Pieces.FailureHandler {
    private final HostStore average;
    private final HostStore source;
    private final AverageRule rule;
    private final Kernels kernels = Backend.get().kernels();
    private final Pieces pieces;
    private final int threads;
    private final Treatment[] treatments;
    private final boolean copiesSomething;
    private final PieceFold[] folds;
    private final MemorySegment[][] sources;
    private final long[][] sourceOffsets;
    private final Updates updates = new Updates(1);
    private AverageRule.Call call = AverageRule.Call.COPY;
    private long number;

    /** Both stores have the same tensors in the same order, their floating-point types apart. */
    AverageUpdate(HostStore average, HostStore source, AverageRule rule, int threads) {
        this.average = average;
        this.source = source;
        this.rule = rule;
        this.pieces = new Pieces(average.layout());
        this.threads = Math.min(threads, average.threadsFor(source));
        this.treatments = Treatment.of(average.layout(), rule);
        this.copiesSomething = Arrays.asList(treatments).contains(Treatment.COPY);
        this.folds = new PieceFold[this.threads];
        Arrays.setAll(folds, i -> new PieceFold(kernels));
        this.sources = new MemorySegment[this.threads][1];
        this.sourceOffsets = new long[this.threads][1];
    }

    /**
     * Does what a call does.
     *
     * @param what which kind of call
     * @param n number of the update, if it is one
     */
    void run(AverageRule.Call what, long n) {
        call = what;
        number = n;
        if (what == AverageRule.Call.UPDATE) {
            updates.clear();
            updates.add(rule.schedule(), n); // may refuse, and comes before the first write
        } else if (what == AverageRule.Call.COPY_BUFFERS && !copiesSomething) {
            return;
        }
        pieces.forEach(this, this, threads);
    }

    @Override
    public void apply(int worker, int tensor, long from, int count) {
        if (call == AverageRule.Call.COPY || treatments[tensor] == Treatment.COPY) {
            average.copyPiece(kernels, source, tensor, tensor, from, count);
        } else if (call == AverageRule.Call.UPDATE && treatments[tensor] != Treatment.FREEZE) {
            DType type = average.layout().tensor(tensor).dtype();
            DType sourceType = source.layout().tensor(tensor).dtype();
            long at = from * type.bits() / 8;
            long sourceAt = from * sourceType.bits() / 8;
            source.probe(tensor, sourceAt, (long) count * sourceType.bits() / 8);
            MemorySegment e = average.segment(tensor);
            MemorySegment p = source.segment(tensor);
            if (treatments[tensor] == Treatment.TRUNCATE) {
                IntegerAverage.update(type, rule.order(), rule.schedule(), number, e, at, p, sourceAt, count);
            } else {
                sources[worker][0] = p;
                sourceOffsets[worker][0] = sourceAt;
                folds[worker].fold(
                        rule.order(),
                        Elements.of(type),
                        e,
                        at,
                        Elements.of(sourceType),
                        sources[worker],
                        sourceOffsets[worker],
                        updates,
                        0,
                        1,
                        count);
            }
        }
    }

    @Override
    public RuntimeException failed(int tensor, Throwable cause) {
        return HostStore.lost(source, tensor, cause);
    }
}
