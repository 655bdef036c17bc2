package dev.polyak.internal.fold;

import dev.polyak.ChunkSink;
import dev.polyak.ParameterFold;
import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.kernel.Elements;
import dev.polyak.internal.kernel.IntegerAverage;
import dev.polyak.internal.kernel.Kernels;
import dev.polyak.internal.kernel.UpdateKernel;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Makes pieces of a {@link ParameterFold}'s result. For one thread. */
public class FoldWorker implements AutoCloseable {
    final FoldPlan plan;
    private final ChunkSink sink;
    private final Arena arena = Arena.ofShared(); // made by one thread, used by another
    private final Kernels kernels = Backend.get().kernels();
    private final UpdateKernel kernel = new UpdateKernel(kernels);
    private final MemorySegment own;
    private final MemorySegment rounded;
    private final MemorySegment[] segments;
    private final long[] offsets;
    private final @Nullable MemorySegment[] fetched;
    /** Where the present piece is computed. */
    private MemorySegment accumulator;

    public FoldWorker(FoldPlan plan, ChunkSink sink) {
        this.plan = plan;
        this.sink = sink;
        this.own = buffer();
        this.accumulator = own;
        this.rounded = buffer();
        this.segments = new MemorySegment[plan.mixedCount()];
        this.offsets = new long[plan.mixedCount()];
        this.fetched = new MemorySegment[plan.mixedCount()];
    }

    /** Makes elements of a tensor of the result and hands them to the sink. */
    public final void fold(int tensor, long from, int count) throws IOException {
        DType type = plan.accumulators().tensor(tensor).dtype();
        DType kept = plan.layout().tensor(tensor).dtype();
        long at = from * kept.bits() / 8;
        long bytes = (long) count * kept.bits() / 8;
        MemorySegment place = kept == type ? sink.place(tensor, at, bytes) : null;
        accumulator = place == null ? own : place;
        switch (plan.treatment(tensor)) {
            case LEAVE -> load(0, tensor, type, from, count, accumulator);
            case FREEZE -> load(plan.base(), tensor, type, from, count, accumulator);
            case COPY -> load(plan.lastTouched(), tensor, type, from, count, accumulator);
            case AVERAGE -> average(tensor, type, from, count, accumulator);
            case TRUNCATE -> {
                load(plan.base(), tensor, type, from, count, accumulator);
                truncate(tensor, type, from, count);
            }
            case OMIT -> throw new AssertionError("not in the layout");
        }
        if (place != null) {
            return;
        }
        MemorySegment result = accumulator;
        if (kept != type) {
            kernel.convert(Elements.of(type), accumulator, 0, Elements.of(kept), rounded, 0, count);
            result = rounded;
        }
        sink.write(tensor, at, result.asSlice(0, bytes));
    }

    /** Averages elements of a tensor. */
    void average(int tensor, DType type, long from, int count, MemorySegment result) {
        begin(tensor, type, from, count, result);
        mix(tensor, type, from, count);
        double divisor = plan.debiasing();
        if (divisor != 1) {
            kernel.divide(Elements.of(type), result, 0, divisor, count);
        }
    }

    /** Where the average begins: at zero, or with the last source that is taken as it is. */
    final void begin(int tensor, DType type, long from, int count, MemorySegment result) {
        if (plan.base() == 0 && plan.rule().startsAtZero()) {
            result.fill((byte) 0);
        } else {
            load(plan.base(), tensor, type, from, count, result);
        }
    }

    /** Brings elements of a tensor of a source, as a type, into memory. */
    final void load(int source, int tensor, DType as, long from, int count, MemorySegment to) {
        MemoryStore store = plan.sources().get(source);
        int there = plan.sourceOf(source, tensor);
        DType stored = store.layout().tensor(there).dtype();
        long at = from * stored.bits() / 8;
        long bytes = (long) count * stored.bits() / 8;
        MemorySegment memory = store.memory(there);
        if (memory == null) {
            MemorySegment piece = (stored == as ? to : rounded).asSlice(0, bytes);
            store.read(there, at, piece);
            if (stored != as) {
                kernel.convert(Elements.of(stored), piece, 0, Elements.of(as), to, 0, count);
            }
        } else if (stored == as) {
            MemorySegment.copy(memory, at, to, 0, bytes);
        } else {
            store.probe(there, at, bytes);
            kernel.convert(Elements.of(stored), memory, at, Elements.of(as), to, 0, count);
        }
    }

    /** The type of a tensor in the j-th source to be mixed in. */
    final DType typeOf(int j, int tensor) {
        int source = plan.mixed(j);
        return plan.sources()
                .get(source)
                .layout()
                .tensor(plan.sourceOf(source, tensor))
                .dtype();
    }

    /** Mixes in all sources, as many at once as are of one type. */
    private void mix(int tensor, DType type, long from, int count) {
        int first = 0;
        for (int j = 0; j < segments.length; j++) {
            DType stored = locate(j, tensor, from, count);
            boolean last = j + 1 == segments.length;
            if (last || typeOf(j + 1, tensor) != stored) {
                kernel.apply(
                        plan.rule().formula(),
                        Elements.of(type),
                        accumulator,
                        0,
                        Elements.of(stored),
                        segments,
                        offsets,
                        plan.updates(),
                        first,
                        j + 1,
                        false,
                        count);
                first = j + 1;
            }
        }
    }

    private void truncate(int tensor, DType type, long from, int count) {
        for (int j = 0; j < segments.length; j++) {
            locate(j, tensor, from, count);
            int call = plan.mixed(j);
            IntegerAverage.update(
                    type,
                    plan.rule().formula(),
                    plan.rule().weight(call),
                    plan.rule().decay(call),
                    plan.rule().divisor(call),
                    accumulator,
                    0,
                    segments[j],
                    offsets[j],
                    count);
        }
    }

    /** Finds a piece of the j-th source to be mixed in. */
    private DType locate(int j, int tensor, long from, int count) {
        MemoryStore store = plan.sources().get(plan.mixed(j));
        int there = plan.sourceOf(plan.mixed(j), tensor);
        DType stored = typeOf(j, tensor);
        long at = from * stored.bits() / 8;
        long bytes = (long) count * stored.bits() / 8;
        MemorySegment memory = store.memory(there);
        if (memory != null) {
            store.probe(there, at, bytes);
            segments[j] = memory;
            offsets[j] = at;
        } else {
            MemorySegment piece = fetched[j];
            if (piece == null) {
                piece = buffer();
                fetched[j] = piece;
            }
            store.read(there, at, piece.asSlice(0, bytes));
            segments[j] = piece;
            offsets[j] = 0;
        }
        return stored;
    }

    private MemorySegment buffer() {
        return arena.allocate((long) plan.pieceElements() * Double.BYTES, ParameterLayout.ALIGNMENT);
    }

    @Override
    public void close() {
        arena.close();
    }
}
