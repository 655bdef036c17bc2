package dev.polyak.internal.store;

import dev.polyak.Device;
import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.cuda.PinnedMemory;
import dev.polyak.internal.cuda.Waits;
import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.kernel.Elements;
import dev.polyak.internal.kernel.UpdateKernel;
import dev.polyak.internal.partition.Partition;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * Between two devices: piece by piece through pinned host memory, where the numbers are also converted. A few threads,
 * each with a stream of its own, keep the link and the host's memory busy at once.
 */
final class StagedTransfer implements Transfer {
    private static final int THREADS = 4;
    private static final int PIECE_ELEMENTS = 1 << 18;
    private static final long SLOT_BYTES = (long) PIECE_ELEMENTS * Double.BYTES;

    private final MemoryStore source;
    private final MemoryStore target;
    private final int threads;

    StagedTransfer(MemoryStore source, MemoryStore target) {
        this.source = source;
        this.target = target;
        this.threads = Math.min(Math.min(source.threads(), target.threads()), THREADS);
    }

    @Override
    public void copy(LayoutMatch match, ParameterLayout selection) {
        int[] tensors = selection.tensors().stream()
                .mapToInt(tensor -> target.layout().indexOf(tensor.name()))
                .toArray();
        try (Slots slots = new Slots()) {
            new Partition(selection, PIECE_ELEMENTS)
                    .forEach(
                            (worker, tensor, from, count) -> {
                                int here = tensors[tensor];
                                int there = match.sourceOf(here);
                                MemorySegment piece = slots.read(worker, source, there, from, count);
                                DType type = source.layout().tensor(there).dtype();
                                DType as = target.layout().tensor(here).dtype();
                                slots.write(worker, target, here, from, slots.convert(worker, piece, type, as, count));
                            },
                            (tensor, cause) -> lost(match.sourceOf(tensors[tensor]), cause),
                            threads);
        }
    }

    @Override
    public void swap(LayoutMatch match) {
        Deque<Piece> done = new ConcurrentLinkedDeque<>();
        try (Slots slots = new Slots()) {
            try {
                new Partition(target.layout(), PIECE_ELEMENTS)
                        .forEach(
                                (worker, tensor, from, count) -> {
                                    Piece piece = new Piece(tensor, match.sourceOf(tensor), from, count);
                                    slots.exchange(worker, piece);
                                    done.add(piece);
                                },
                                (tensor, cause) -> lost(match.sourceOf(tensor), cause),
                                threads);
            } catch (MemoryLostException e) {
                undo(slots, done, e);
                if (e.getCause() instanceof CudaException cause) {
                    throw cause; // every piece is where it was
                }
                throw e;
            }
        }
    }

    private static void undo(Slots slots, Deque<Piece> done, MemoryLostException failure) {
        try {
            for (Piece piece : new ArrayDeque<>(done)) {
                slots.exchange(0, piece);
            }
        } catch (CudaException | InternalError | IllegalStateException e) {
            failure.addSuppressed(e);
            throw failure;
        }
    }

    private RuntimeException lost(int sourceTensor, Throwable cause) {
        if (cause instanceof CudaException) {
            return new MemoryLostException(
                    "tensor '" + source.layout().tensor(sourceTensor).name() + "' could not be brought from "
                            + source.device() + " to " + target.device()
                            + ", so what was to be written is a mixture: copy it again (" + cause.getMessage() + ")",
                    cause);
        }
        return LostMemory.explain(cause, source.layout().tensor(sourceTensor).name(), source, target);
    }

    private record Piece(int tensor, int sourceTensor, long from, int count) {}

    /** For each thread two pieces of pinned memory, and a stream for either side that is a GPU. */
    private final class Slots implements AutoCloseable {
        private final Resources resources = new Resources();
        private final MemorySegment memory;
        private final UpdateKernel[] kernels = new UpdateKernel[threads];
        private final @Nullable CudaStream[] sourceStreams = new CudaStream[threads];
        private final @Nullable CudaStream[] targetStreams = new CudaStream[threads];

        Slots() {
            Arrays.setAll(kernels, i -> new UpdateKernel(Backend.get().kernels()));
            try {
                Device gpu = source.device().type() == Device.Type.CUDA ? source.device() : target.device();
                memory = resources
                        .keep(PinnedMemory.allocate(gpu.index(), 2 * SLOT_BYTES * threads))
                        .segment();
                open(source, sourceStreams);
                open(target, targetStreams);
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        private void open(MemoryStore store, @Nullable CudaStream[] streams) {
            CudaStream own = store.stream();
            if (own != null) {
                int device = own.device();
                try (CudaEvent before = CudaEvent.create(device)) {
                    before.record(own);
                    for (int i = 0; i < threads; i++) {
                        CudaStream stream = resources.keep(CudaStream.create(device));
                        streams[i] = stream;
                        stream.waitFor(before);
                    }
                }
            }
        }

        /** Brings elements of a tensor into a thread's first piece of memory. */
        MemorySegment read(int worker, MemoryStore store, int tensor, long from, int count) {
            return read(worker, 0, store, tensor, from, count);
        }

        private MemorySegment read(int worker, int slot, MemoryStore store, int tensor, long from, int count) {
            DType type = store.layout().tensor(tensor).dtype();
            long at = from * type.bits() / 8;
            MemorySegment piece = slot(worker, slot).asSlice(0, (long) count * type.bits() / 8);
            CudaStream stream = stream(worker, store);
            if (stream == null) {
                store.read(tensor, at, piece);
            } else {
                stream.copy(piece.address(), store.address(tensor) + at, piece.byteSize());
                Waits.finish(stream);
            }
            return piece;
        }

        void write(int worker, MemoryStore store, int tensor, long from, MemorySegment piece) {
            long at = from * store.layout().tensor(tensor).dtype().bits() / 8;
            CudaStream stream = stream(worker, store);
            if (stream == null) {
                store.copyIn(tensor, at, piece); // also to a model in whose place an average is
            } else {
                stream.copy(store.address(tensor) + at, piece.address(), piece.byteSize());
                Waits.finish(stream);
            }
        }

        /** The same elements as another type, in a thread's second piece of memory if that is another. */
        MemorySegment convert(int worker, MemorySegment piece, DType type, DType as, int count) {
            if (type == as) {
                return piece;
            }
            MemorySegment converted = slot(worker, 1).asSlice(0, (long) count * as.bits() / 8);
            kernels[worker].convert(Elements.of(type), piece, 0, Elements.of(as), converted, 0, count);
            return converted;
        }

        /** Exchanges a piece; if that fails it is as it was, unless a second failure follows. */
        void exchange(int worker, Piece piece) {
            MemorySegment there = read(worker, 0, source, piece.sourceTensor, piece.from, piece.count);
            MemorySegment here = read(worker, 1, target, piece.tensor, piece.from, piece.count);
            try {
                write(worker, target, piece.tensor, piece.from, there);
                write(worker, source, piece.sourceTensor, piece.from, here);
            } catch (CudaException e) {
                write(worker, target, piece.tensor, piece.from, here);
                write(worker, source, piece.sourceTensor, piece.from, there);
                throw e;
            }
        }

        private @Nullable CudaStream stream(int worker, MemoryStore store) {
            return store == source ? sourceStreams[worker] : targetStreams[worker];
        }

        private MemorySegment slot(int worker, int slot) {
            return memory.asSlice((2L * worker + slot) * SLOT_BYTES, SLOT_BYTES);
        }

        @Override
        public void close() {
            resources.discard();
        }
    }
}
