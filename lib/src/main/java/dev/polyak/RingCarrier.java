package dev.polyak;

import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.cuda.PinnedMemory;
import dev.polyak.internal.cuda.Waits;
import dev.polyak.internal.parallel.Uninterrupted;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From a GPU, piece by piece through a few pieces of pinned memory: each is mixed in when it is there, and then makes
 * room for another. What forward passes change has memory of its own, into which it is copied on the training's stream.
 */
final class RingCarrier implements Carrier {
    private final Resources resources = new Resources();
    private final CudaStore source;
    private final List<MemoryStore> averages;
    private final List<MemoryStore> backups = new ArrayList<>();
    private final List<PlannedCall> calls;
    private final AverageProgress progress;
    private final CudaStream copies;
    private final CudaEvent trained;
    private final CudaEvent copied;
    private final CudaEvent[] slots;
    /** Cut tensors, each with the place in the ring or beside it through which it passes. */
    private final HostStore pieces;

    private final HostWork work;
    /** The pieces that go round, in order: where each is on the GPU, and its part of the work. */
    private final List<Piece> round = new ArrayList<>();
    /** Those that do not. */
    private final List<Piece> beside = new ArrayList<>();

    private boolean begun;
    private boolean enqueued = true;

    private record Piece(int index, long from, long to, long bytes, Pieces part) {}

    RingCarrier(
            CudaStore source,
            ParameterLayout read,
            List<MemoryStore> averages,
            List<PlannedCall> calls,
            Offload offload,
            NonFinitePolicy nonFinite,
            int threads,
            AverageProgress progress) {
        this.source = source;
        this.averages = averages;
        this.progress = progress;
        this.slots = new CudaEvent[offload.ringPieces()];
        try {
            int device = source.device().index();
            copies = resources.keep(CudaStream.create(device));
            trained = resources.keep(CudaEvent.create(device));
            copied = resources.keep(CudaEvent.create(device));
            for (int i = 0; i < slots.length; i++) {
                slots[i] = resources.keep(CudaEvent.create(device));
            }
            source.comeBehind(copied);
            resources.keep(() -> source.release(copied));
            RingLayout cut = new RingLayout(read, averages.get(0).layout(), offload);
            MemorySegment memory = resources
                    .keep(PinnedMemory.allocate(device, cut.pinnedBytes()))
                    .segment();
            List<MemorySegment> places = new ArrayList<>();
            for (RingLayout.Part part : cut.parts()) {
                places.add(memory.asSlice(part.place(), part.bytes()));
            }
            pieces = new HostStore(
                    cut.sourceLayout(), places, Collections.nCopies(places.size(), "memory"), false, () -> {});
            this.calls = cut.calls(calls);
            work = resources.keep(new HostWork(
                    pieces,
                    averages.stream()
                            .map(average -> cut.cut((HostStore) average))
                            .toList(),
                    this.calls,
                    nonFinite == NonFinitePolicy.SKIP_ELEMENT,
                    threads));
            LayoutMatch match = LayoutMatch.of(read, source.layout());
            for (int i = 0; i < places.size(); i++) {
                int index = i;
                RingLayout.Part part = cut.parts().get(i);
                long from = source.address(match.sourceOf(part.tensor())) + part.sourceAt();
                Pieces own = new Pieces(cut.averageLayout(), Pieces.ELEMENTS, tensor -> tensor == index);
                (part.goesRound() ? round : beside)
                        .add(new Piece(i, from, places.get(i).address(), part.bytes(), own));
            }
            if (offload.backup()) {
                for (MemoryStore average : averages) {
                    backups.add(resources.keep(HostStore.allocate(average.layout())));
                }
            }
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    @Override
    public List<PlannedCall> calls() {
        return calls;
    }

    @Override
    public void begin(@Nullable CudaStream stream) {
        CudaStream training = stream == null ? source.stream() : stream;
        try {
            for (Piece piece : beside) {
                training.copy(piece.to, piece.from, piece.bytes);
            }
            trained.record(training);
            copies.waitFor(trained);
        } catch (RuntimeException e) {
            try {
                Waits.finish(training); // the memory beside the ring must be free again
            } catch (RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        synchronized (this) {
            begun = false;
            enqueued = false;
        }
    }

    @Override
    public synchronized boolean isRead() {
        return enqueued && copied.isDone();
    }

    @Override
    public void gate() throws InterruptedException {
        awaitEnqueued();
        copied.await();
    }

    @Override
    public void gate(CudaStream stream) {
        Uninterrupted.await(this::awaitEnqueued); // a stream that waits for an event not yet recorded waits for nothing
        stream.waitFor(copied);
    }

    private synchronized void awaitEnqueued() throws InterruptedException {
        while (!enqueued) {
            wait();
        }
    }

    @Override
    public void bring() throws InterruptedException {
        try {
            for (int k = 0; k < backups.size(); k++) {
                backups.get(k).copyFrom(averages.get(k));
            }
            for (int i = 0; i < round.size(); i++) {
                if (i >= slots.length) {
                    mix(i - slots.length);
                }
                Piece piece = round.get(i);
                copies.copy(piece.to, piece.from, piece.bytes);
                slots[i % slots.length].record(copies);
            }
            copied.record(copies);
        } catch (RuntimeException e) {
            try {
                Waits.finish(copies); // nothing reads the model any more
            } catch (RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        } finally {
            synchronized (this) {
                enqueued = true;
                notifyAll();
            }
        }
        copied.await();
    }

    @Override
    public void fold() throws InterruptedException {
        for (int i = Math.max(round.size() - slots.length, 0); i < round.size(); i++) {
            mix(i);
        }
        trained.await();
        for (Piece piece : beside) {
            begun = true;
            work.apply(piece.part);
        }
        progress.made(calls);
    }

    private void mix(int i) throws InterruptedException {
        slots[i % slots.length].await();
        begun = true;
        work.apply(round.get(i).part);
    }

    @Override
    public void abandon() {
        if (!begun) {
            return;
        }
        if (backups.isEmpty()) {
            throw new MemoryLostException(
                    "an update failed half-way in a ring without a backup, so the average is a mixture",
                    new IllegalStateException("no backup"));
        }
        for (int k = 0; k < backups.size(); k++) {
            averages.get(k).copyFrom(backups.get(k));
        }
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (int i = 0; i < pieces.layout().size(); i++) {
            bytes += pieces.layout().tensor(i).bytes();
        }
        return bytes;
    }

    @Override
    public @Nullable MemoryStore staging() {
        return null;
    }

    @Override
    public long elementsLeft() {
        return work.elementsLeft();
    }

    @Override
    public void close() {
        resources.close();
    }
}
