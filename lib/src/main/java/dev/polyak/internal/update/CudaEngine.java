package dev.polyak.internal.update;

import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.internal.cuda.KernelCodes;
import dev.polyak.internal.cuda.PinnedMemory;
import dev.polyak.internal.cuda.ScanLaunch;
import dev.polyak.internal.cuda.TensorTable;
import dev.polyak.internal.cuda.UpdateLaunch;
import dev.polyak.internal.cuda.Waits;
import dev.polyak.internal.store.CudaMemoryStore;
import dev.polyak.internal.store.Resources;
import dev.polyak.offload.UpdateTimes;
import dev.polyak.tensor.LayoutMatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Averages in the memory of a GPU, of a source there. An update is one kernel over all tensors, for up to eight
 * averages at once; it allocates nothing.
 */
final class CudaEngine implements UpdateEngine {
    /** On the device: the elements left, the infinities and NaNs found, and a tensor that has some. */
    private static final long COUNTERS_BYTES = 3L * Long.BYTES;

    private static final long FOUND = Long.BYTES;
    /** The runtime's handle of a stream that is another on each thread. */
    private static final long STREAM_PER_THREAD = 2;

    private final CudaMemoryStore source;
    private final List<PlannedCall> calls;
    private final Resources resources = new Resources();
    private final List<CudaMemoryStore> stores;
    private final CudaMemory counters;
    private final MemorySegment readBack;
    private final CudaEvent done;
    private final List<Group> groups = new ArrayList<>();
    private final StampedTicket.Ring tickets = new StampedTicket.Ring(1);
    private final Latest latestUpdate = new Latest();
    /** The stream of the latest update. */
    private @Nullable CudaStream latest;

    CudaEngine(CudaMemoryStore source, List<CudaMemoryStore> averages, List<PlannedCall> calls, boolean finiteOnly) {
        this.source = source;
        this.stores = averages;
        this.calls = calls;
        int device = source.device().index();
        try {
            counters = resources.keep(CudaMemory.allocate(device, COUNTERS_BYTES, "counters"));
            readBack = resources
                    .keep(PinnedMemory.allocate(device, COUNTERS_BYTES))
                    .segment();
            done = resources.keep(CudaEvent.create(device));
            LayoutMatch match = LayoutMatch.of(averages.get(0).layout(), source.layout());
            for (int first = 0, end; first < calls.size(); first = end) {
                end = endOfGroup(first);
                groups.add(new Group(match, first, end, finiteOnly));
            }
            for (CudaMemoryStore store : stores) {
                comeBehind(store);
            }
            comeBehind(source);
            CudaStream stream = source.stream();
            stream.fill(counters.address(), (byte) 0, COUNTERS_BYTES);
            Waits.finish(stream);
            resources.keep(() -> Waits.finish(source.stream())); // an update may be under way
        } catch (RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    @Override
    public void copyAll() {
        for (CudaMemoryStore store : stores) {
            store.copyFrom(source);
        }
    }

    @Override
    public UpdateTicket apply(long number, @Nullable CudaStream stream) {
        enqueue(stream == null ? source.stream() : stream);
        latestUpdate.begin(number);
        if (stream == null) {
            finish();
            return UpdateTicket.DONE;
        }
        return tickets.next(latestUpdate);
    }

    private void enqueue(CudaStream stream) {
        if (stream != latest || stream.handle() == STREAM_PER_THREAD) {
            stream.waitFor(done); // behind the update before, which is on another stream
        }
        for (Group group : groups) {
            group.plan();
        }
        groups.get(0).update.run(stream);
        try {
            for (int i = 1; i < groups.size(); i++) {
                groups.get(i).update.run(stream);
            }
            done.record(stream);
            latest = stream;
        } catch (CudaException e) {
            throw new MemoryLostException("only a part of an update could be enqueued: " + e.getMessage(), e);
        }
    }

    private void finish() {
        try {
            source.finish();
        } catch (CudaException e) {
            throw new MemoryLostException("whether an update was made is not known: " + e.getMessage(), e);
        }
    }

    @Override
    public NonFiniteCount countNonFinite(CudaStream stream) {
        for (Group group : groups) {
            for (int k = group.first; k < group.end; k++) {
                if (calls.get(k).updates()) { // what one of the averages mixes in is looked at once
                    return group.scan(stream, k);
                }
            }
        }
        return NonFiniteCount.NONE;
    }

    @Override
    public NonFiniteCount countNonFinite() {
        return countNonFinite(source.stream());
    }

    @Override
    public long elementsLeft() {
        return read(source.stream(), 0);
    }

    @Override
    public void close() {
        resources.close();
    }

    /** A launch updates averages whose tensors all lie equally far behind those of the first. */
    private int endOfGroup(int first) {
        int end = first + 1;
        while (end < stores.size()
                && end - first < TensorTable.MAX_AVERAGES
                && stores.get(end).isShiftOf(stores.get(first))) {
            end++;
        }
        return end;
    }

    private void comeBehind(CudaMemoryStore store) {
        store.comeBehind(done);
        resources.keep(() -> store.release(done));
    }

    private long read(CudaStream stream, long counter) {
        stream.copy(readBack.address(), counters.address(), COUNTERS_BYTES);
        Waits.finish(stream);
        return readBack.get(ValueLayout.JAVA_LONG, counter);
    }

    /** The latest update on a stream: the event is recorded behind it, until the next. */
    private final class Latest implements StampedTicket.Place {
        private volatile long stamp;
        private volatile long number;

        void begin(long update) {
            stamp = tickets.nextStamp();
            number = update;
        }

        @Override
        public long stamp() {
            return stamp;
        }

        @Override
        public long update() {
            return number;
        }

        @Override
        public boolean isDone() {
            return done.isDone();
        }

        @Override
        public void await(long ofStamp) throws InterruptedException {
            done.await();
        }

        @Override
        public void gate() throws InterruptedException {
            done.await();
        }

        @Override
        public void gate(CudaStream stream) {
            stream.waitFor(done);
        }

        @Override
        public double progress() {
            return done.isDone() ? 1 : 0;
        }

        @Override
        public UpdateTimes times() {
            return UpdateTimes.NONE;
        }
    }

    /** Averages that one launch updates. */
    private final class Group {
        private final int first;
        private final int end;
        private final UpdateLaunch update;
        private final ScanLaunch scan;

        Group(LayoutMatch match, int first, int end, boolean finiteOnly) {
            this.first = first;
            this.end = end;
            CudaMemoryStore leader = stores.get(first);
            TensorTable.Builder rows = TensorTable.builder();
            for (int i = 0; i < leader.layout().size(); i++) {
                if (leader.layout().ownerOf(i) == i) {
                    byte[] treatments = new byte[end - first];
                    for (int k = first; k < end; k++) {
                        treatments[k - first] = KernelCodes.code(calls.get(k).treatments()[i]);
                    }
                    leader.addRow(rows, i, source, match.sourceOf(i), treatments);
                }
            }
            TensorTable table = resources.keep(rows.build(source.device().index()));
            this.update = new UpdateLaunch(table, end - first, finiteOnly, counters.address());
            this.scan = new ScanLaunch(table, counters.address() + FOUND);
        }

        void plan() {
            for (int k = first; k < end; k++) {
                PlannedCall call = calls.get(k);
                update.average(
                        k - first,
                        stores.get(k).behind(stores.get(first)),
                        call.acts(),
                        call.copies(),
                        call.updates(),
                        call.weight(),
                        call.decay(),
                        call.divisor(),
                        KernelCodes.code(call.formula()));
            }
        }

        NonFiniteCount scan(CudaStream stream, int which) {
            stream.fill(counters.address() + FOUND, (byte) 0, 2 * Long.BYTES);
            scan.which(which - first);
            scan.run(stream);
            long found = read(stream, FOUND);
            return found == 0
                    ? NonFiniteCount.NONE
                    : new NonFiniteCount(found, (int) readBack.get(ValueLayout.JAVA_LONG, FOUND + Long.BYTES));
        }
    }
}
