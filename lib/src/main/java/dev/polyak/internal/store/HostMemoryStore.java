package dev.polyak.internal.store;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.cuda.PinnedMemory;
import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.kernel.Elements;
import dev.polyak.internal.kernel.Kernels;
import dev.polyak.internal.kernel.UpdateKernel;
import dev.polyak.internal.partition.Partition;
import dev.polyak.internal.partition.WorkerThreads;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** A store in host memory: allocated, mapped or wrapped. */
public final class HostMemoryStore extends MemoryStore implements HostStore {
    private final MemorySegment[] segments;
    private final boolean mapped;
    private final boolean shared;

    public HostMemoryStore(
            ParameterLayout layout,
            List<MemorySegment> segments,
            List<String> origins,
            boolean mapped,
            Ownership ownership) {
        super(layout, origins, segments.stream().anyMatch(MemorySegment::isReadOnly), ownership);
        this.segments = segments.toArray(MemorySegment[]::new);
        this.mapped = mapped;
        Thread other = new Thread(() -> {});
        this.shared = segments.stream().allMatch(segment -> segment.isAccessibleBy(other));
    }

    public static HostMemoryStore allocate(ParameterLayout layout) {
        Arena arena = Arena.ofShared();
        try {
            return inOne(
                    layout, arena.allocate(Math.max(layout.byteSize(), 1), ParameterLayout.ALIGNMENT), arena::close);
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

    /** A store in memory that is locked to its place, so that a GPU reads and writes it beside the processors. */
    public static HostMemoryStore pin(ParameterLayout layout, Device gpu) {
        PinnedMemory memory = PinnedMemory.allocate(gpu.index(), layout.byteSize());
        return inOne(layout, memory.segment(), memory::close);
    }

    private static HostMemoryStore inOne(ParameterLayout layout, MemorySegment all, Runnable closeAction) {
        List<MemorySegment> segments = IntStream.range(0, layout.size())
                .mapToObj(i -> all.asSlice(layout.offset(i), layout.tensor(i).bytes()))
                .toList();
        return new HostMemoryStore(
                layout, segments, Collections.nCopies(layout.size(), "memory"), false, Ownership.of(closeAction));
    }

    @Override
    public Device device() {
        return Device.cpu();
    }

    @Override
    public MemorySegment segment(int tensor) {
        return segments[tensor];
    }

    @Override
    public MemorySegment memory(int tensor) {
        return segments[tensor];
    }

    @Override
    public long address(int tensor) {
        return segments[tensor].address();
    }

    @Override
    void copyOut(int tensor, long at, MemorySegment into) {
        try {
            MemorySegment.copy(segments[tensor], at, into, 0, into.byteSize());
        } catch (InternalError | IllegalStateException e) {
            throw LostMemory.explain(e, layout().tensor(tensor).name(), this);
        }
    }

    @Override
    void copyIn(int tensor, long at, MemorySegment from) {
        try {
            MemorySegment.copy(from, 0, segments[tensor], at, from.byteSize());
        } catch (InternalError | IllegalStateException e) {
            throw LostMemory.explain(e, layout().tensor(tensor).name(), this);
        }
    }

    @Override
    public void divide(BitSet tensors, double divisor) {
        UpdateKernel kernel = new UpdateKernel(Backend.get().kernels());
        new Partition(layout())
                .forEach(
                        (worker, tensor, from, count) -> {
                            if (tensors.get(tensor)) {
                                DType type = layout().tensor(tensor).dtype();
                                kernel.divide(
                                        Elements.of(type), segments[tensor], from * type.bits() / 8, divisor, count);
                            }
                        },
                        (tensor, cause) -> LostMemory.explain(
                                cause, layout().tensor(tensor).name(), this),
                        1);
    }

    @Override
    public void zero(BitSet tensors) {
        tensors.stream().forEach(tensor -> segments[tensor].fill((byte) 0));
    }

    @Override
    public MemoryStore view(ParameterLayout view, MemoryStore[] stores, int[] tensors) {
        List<MemorySegment> parts = new ArrayList<>();
        List<String> from = new ArrayList<>();
        boolean anyMapped = false;
        for (int i = 0; i < tensors.length; i++) {
            parts.add(Objects.requireNonNull(stores[i].memory(tensors[i])));
            from.add(stores[i].origin(tensors[i]));
            anyMapped |= stores[i].isMapped();
        }
        return new HostMemoryStore(view, parts, from, anyMapped, Ownership.of(stores));
    }

    @Override
    public void requireReachable() {
        if (shared) {
            return;
        }
        Thread here = Thread.currentThread();
        for (int tensor = 0; tensor < segments.length; tensor++) {
            if (!segments[tensor].isAccessibleBy(here)) {
                throw new WrongThreadException(
                        "tensor '" + layout().tensor(tensor).name() + "' is in an arena that is"
                                + " confined to another thread than '" + here.getName()
                                + "', so nothing has changed; call from that thread, or allocate in Arena.ofShared()");
            }
        }
    }

    /** How many threads may work on this store and another: confined memory can be reached by its own thread alone. */
    public int threadsFor(HostMemoryStore other) {
        return shared && other.shared ? WorkerThreads.shared().size() : 1;
    }

    @Override
    public int threads() {
        return threadsFor(this);
    }

    /** Copies elements of a tensor from another store, converted where both are floating-point and differ. */
    public void copyPiece(Kernels kernels, HostMemoryStore source, int sourceTensor, int tensor, long from, int count) {
        DType to = layout().tensor(tensor).dtype();
        source.loadPiece(kernels, sourceTensor, from, count, to, segments[tensor], from * to.bits() / 8);
    }

    /** Copies elements of a tensor into memory, as another type where both are floating-point. */
    public void loadPiece(Kernels kernels, int tensor, long from, int count, DType as, MemorySegment to, long toAt) {
        DType type = layout().tensor(tensor).dtype();
        long at = from * type.bits() / 8;
        if (as == type) {
            MemorySegment.copy(segments[tensor], at, to, toAt, (long) count * type.bits() / 8);
        } else {
            probe(tensor, at, (long) count * type.bits() / 8);
            kernels.conversion(Elements.of(type), Elements.of(as)).run(segments[tensor], at, to, toAt, count);
        }
    }

    @Override
    public void requirePresent() {
        for (int tensor = 0; mapped && tensor < segments.length; tensor++) {
            try {
                touchEnd(segments[tensor]);
            } catch (InternalError e) {
                throw new MemoryLostException(
                        origin(tensor) + " was truncated or could not be read while tensor '"
                                + layout().tensor(tensor).name() + "' was used; restore the file and start again",
                        e);
            }
        }
    }

    @Override
    public void probe(int tensor, long from, long bytes) {
        if (mapped) {
            Pages.probe(segments[tensor], from, bytes);
        }
    }

    @Override
    boolean isMapped() {
        return mapped;
    }

    /** Reads the last byte, which goes first where a file shrinks; throws an InternalError if it is gone. */
    @SuppressWarnings("ThreadPriorityCheck") // it is not there for the scheduler's sake
    private static void touchEnd(MemorySegment segment) {
        if (segment.byteSize() > 0) {
            segment.get(ValueLayout.JAVA_BYTE, segment.byteSize() - 1);
            // The JVM throws the error at some later point of the thread, but at the latest when it leaves the kernel.
            Thread.yield();
        }
    }
}
