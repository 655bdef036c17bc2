package dev.polyak;

import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.kernel.Kernels;
import dev.polyak.internal.parallel.Gang;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A store in host memory: allocated, mapped or wrapped. */
final class HostStore implements ParameterStore {
    /** A swap goes through a buffer of this size, which stays in an L1 cache. */
    private static final int SWAP_BYTES = 16 << 10;

    private final ParameterLayout layout;
    private final MemorySegment[] segments;
    private final List<String> origins;
    private final boolean mapped;
    private final boolean readOnly;
    private final boolean shared;
    private final Runnable closeAction;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable SwappedAverage guest;

    HostStore(
            ParameterLayout layout,
            List<MemorySegment> segments,
            List<String> origins,
            boolean mapped,
            Runnable closeAction) {
        this.layout = layout;
        this.segments = segments.toArray(MemorySegment[]::new);
        this.origins = List.copyOf(origins);
        this.mapped = mapped;
        this.readOnly = segments.stream().anyMatch(MemorySegment::isReadOnly);
        Thread other = new Thread(() -> {});
        this.shared = segments.stream().allMatch(segment -> segment.isAccessibleBy(other));
        this.closeAction = closeAction;
    }

    static HostStore allocate(ParameterLayout layout) {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment all = arena.allocate(Math.max(layout.byteSize(), 1), ParameterLayout.ALIGNMENT);
            List<MemorySegment> segments = IntStream.range(0, layout.size())
                    .mapToObj(
                            i -> all.asSlice(layout.offset(i), layout.tensor(i).bytes()))
                    .toList();
            return new HostStore(layout, segments, Collections.nCopies(layout.size(), "memory"), false, arena::close);
        } catch (OutOfMemoryError e) {
            arena.close();
            OutOfMemoryError clear = new OutOfMemoryError("there are no " + layout.byteSize()
                    + " bytes of native memory for " + layout.size()
                    + " tensors: free some, or raise -XX:MaxDirectMemorySize ("
                    + e.getMessage() + ")");
            clear.initCause(e);
            throw clear;
        }
    }

    @Override
    public ParameterLayout layout() {
        return layout;
    }

    @Override
    public Device device() {
        return Device.cpu();
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    /** Whether a part of the memory is a mapped file, which can be truncated by others. */
    boolean isMapped() {
        return mapped;
    }

    @Override
    public MemorySegment segment(int tensor) {
        return segments[tensor];
    }

    /** The average that is in the place of this store's own numbers; null while they are there. */
    @Nullable
    SwappedAverage guest() {
        return guest;
    }

    void setGuest(@Nullable SwappedAverage guest) {
        this.guest = guest;
    }

    @Override
    public String origin(int tensor) {
        return origins.get(tensor);
    }

    @Override
    public void copyFrom(ParameterStore source) {
        requireWritable();
        LayoutMatch match = matchAll(source, "copy: the source");
        copy(source, match, layout);
    }

    /** Refuses a source that lacks one of this store's tensors. */
    void requireAllOf(ParameterStore source) {
        matchAll(source, "copy: the source");
    }

    /** Copies those tensors that the source has. */
    void copySomeFrom(ParameterStore source) {
        requireWritable();
        LayoutMatch match = LayoutMatch.of(layout, source.layout());
        copy(source, match, layout.select(tensor -> match.sourceOf(layout.indexOf(tensor.name())) >= 0));
    }

    private void copy(ParameterStore source, LayoutMatch match, ParameterLayout selection) {
        Kernels kernels = Backend.get().kernels();
        int[] tensors = selection.tensors().stream()
                .mapToInt(tensor -> layout.indexOf(tensor.name()))
                .toArray();
        new Pieces(selection)
                .forEach(
                        (worker, tensor, from, count) -> copyPiece(
                                kernels, source, match.sourceOf(tensors[tensor]), tensors[tensor], from, count),
                        (tensor, cause) -> lost(source, match.sourceOf(tensors[tensor]), cause),
                        threadsFor(source));
    }

    @Override
    public void swap(ParameterStore other) {
        requireWritable();
        LayoutMatch match = matchAll(other, "swap: the other store");
        for (int i = 0; i < layout.size(); i++) {
            TensorSpec there = other.layout().tensor(match.sourceOf(i));
            if (layout.tensor(i).dtype() != there.dtype()) {
                throw new IllegalArgumentException("cannot swap: the other store has '" + there.name() + "' as "
                        + there.dtype() + " instead of " + layout.tensor(i).dtype());
            }
        }
        ((HostStore) other).requireWritable();
        int threads = threadsFor(other);
        MemorySegment[] buffers = new MemorySegment[threads];
        Arena arena = Arena.ofAuto();
        Arrays.setAll(buffers, i -> arena.allocate(SWAP_BYTES, ParameterLayout.ALIGNMENT));
        new Pieces(layout)
                .forEach(
                        (worker, tensor, from, count) -> {
                            DType dtype = layout.tensor(tensor).dtype();
                            swapPiece(
                                    buffers[worker],
                                    segments[tensor],
                                    other.segment(match.sourceOf(tensor)),
                                    from * dtype.bits() / 8,
                                    (long) count * dtype.bits() / 8);
                        },
                        (tensor, cause) -> lost(other, match.sourceOf(tensor), cause),
                        threads);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            closeAction.run();
        }
    }

    private LayoutMatch matchAll(ParameterStore other, String what) {
        LayoutMatch match = LayoutMatch.of(layout, other.layout());
        match.conflicts().ifPresent(difference -> {
            throw new IllegalArgumentException("cannot " + what + " " + difference);
        });
        if (!match.missing().isEmpty()) {
            throw new IllegalArgumentException(
                    "cannot " + what + " " + match.difference().orElseThrow());
        }
        return match;
    }

    /** How many threads may work on this store and another: confined memory can be reached by its own thread alone. */
    int threadsFor(ParameterStore other) {
        return shared && ((HostStore) other).shared ? Gang.shared().size() : 1;
    }

    /** Copies elements of a tensor from another store, converted where both are floating-point and differ. */
    void copyPiece(Kernels kernels, ParameterStore source, int sourceTensor, int tensor, long from, int count) {
        DType to = layout.tensor(tensor).dtype();
        DType type = source.layout().tensor(sourceTensor).dtype();
        MemorySegment there = source.segment(sourceTensor);
        if (to == type) {
            // This copy throws if a mapped file is gone, so it needs no probe.
            MemorySegment.copy(
                    there, from * to.bits() / 8, segments[tensor], from * to.bits() / 8, (long) count * to.bits() / 8);
        } else {
            long at = from * type.bits() / 8;
            ((HostStore) source).probe(sourceTensor, at, (long) count * type.bits() / 8);
            kernels.conversion(Elements.of(type), Elements.of(to))
                    .run(there, at, segments[tensor], from * to.bits() / 8, count);
        }
    }

    /** Throws if mapped memory is gone, where vectors would kill the JVM. */
    void probe(int tensor, long from, long bytes) {
        if (mapped) {
            Pages.probe(segments[tensor], from, bytes);
        }
    }

    /**
     * The exception for memory that was lost while a store was read or written; what is not about memory is passed on
     * as it is.
     */
    static RuntimeException lost(ParameterStore store, int tensor, Throwable cause) {
        String name = "'" + store.layout().tensor(tensor).name() + "'";
        if (cause instanceof InternalError) {
            return new MemoryLostException(
                    store.origin(tensor) + " was truncated or could not be read while tensor " + name
                            + " was used; restore the file and start again",
                    cause);
        } else if (cause instanceof IllegalStateException) {
            return new MemoryLostException(
                    "the memory of tensor " + name + " was closed while it was used; close it only after the average",
                    cause);
        } else if (cause instanceof RuntimeException exception) {
            return exception;
        } else if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(cause);
    }

    private void requireWritable() {
        if (readOnly) {
            throw new UnsupportedOperationException(
                    "this store is read-only: " + (layout.size() > 0 ? origins.get(0) : "empty"));
        }
    }

    private static void swapPiece(MemorySegment buffer, MemorySegment one, MemorySegment other, long at, long bytes) {
        for (long done = 0; done < bytes; done += SWAP_BYTES) {
            long length = Math.min(SWAP_BYTES, bytes - done);
            MemorySegment.copy(one, at + done, buffer, 0, length);
            MemorySegment.copy(other, at + done, one, at + done, length);
            MemorySegment.copy(buffer, 0, other, at + done, length);
        }
    }
}
