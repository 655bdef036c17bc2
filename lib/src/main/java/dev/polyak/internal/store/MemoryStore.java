package dev.polyak.internal.store;

import static java.util.Objects.requireNonNull;

import dev.polyak.Device;
import dev.polyak.ParameterStore;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.text.Bytes;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What stores have in common, wherever their memory is: the checks, which come before the first write. */
public abstract sealed class MemoryStore implements ParameterStore permits HostMemoryStore, CudaMemoryStore {
    private final ParameterLayout layout;
    private final List<String> origins;
    private final boolean readOnly;
    private final Ownership ownership;
    private volatile @Nullable Occupant occupant;
    private volatile boolean adopted;

    MemoryStore(ParameterLayout layout, List<String> origins, boolean readOnly, Ownership ownership) {
        this.layout = layout;
        this.origins = List.copyOf(origins);
        this.readOnly = readOnly;
        this.ownership = ownership;
    }

    /** A store as the library sees it: every store is one of these. */
    public static MemoryStore of(ParameterStore store) {
        return (MemoryStore) store;
    }

    /** A store with memory of its own. */
    public static MemoryStore allocate(ParameterLayout layout, Device device) {
        return switch (device.type()) {
            case CPU -> HostMemoryStore.allocate(layout);
            case CUDA -> CudaMemoryStore.allocate(layout, device);
        };
    }

    /** The memory of a tensor where Java can address it; null on a GPU. */
    public abstract @Nullable MemorySegment memory(int tensor);

    /** Throws an InternalError if memory of a mapped file is gone. */
    public void probe(int tensor, long from, long bytes) {}

    /** Whether any tensor is in a mapped file. */
    boolean isMapped() {
        return false;
    }

    /** How many threads may work on this store. */
    public abstract int threads();

    /** The stream of what this store does by itself; null in host memory. */
    @Nullable
    CudaStream stream() {
        return null;
    }

    /** Divides the elements of some floating-point tensors, rounded once. */
    public abstract void divide(BitSet tensors, double divisor);

    /** Sets some tensors to zero. */
    public abstract void zero(BitSet tensors);

    /** Tensors in the memory of stores on this one's device, as a store that owns nothing. */
    public abstract MemoryStore view(ParameterLayout view, MemoryStore[] stores, int[] tensors);

    /** Refuses memory of someone else that is no longer where it was wrapped. Allocates nothing. */
    public final void requireUnmoved() {
        ownership.requireUnmoved(layout, this);
    }

    /** Refuses memory that this thread may not touch, before any of it is written. Allocates nothing. */
    public void requireReachable() {}

    /** Makes this a part of something that hands it out: from now on {@link #free} alone frees it, no close does. */
    public final void adopt() {
        adopted = true;
    }

    /** Frees what was adopted. */
    public final void free() {
        ownership.close();
    }

    /** This store again, but closing that one frees nothing. */
    public final MemoryStore borrowed() {
        MemoryStore[] stores = new MemoryStore[layout.size()];
        Arrays.fill(stores, this);
        return view(layout, stores, IntStream.range(0, stores.length).toArray());
    }

    /** This store again, if an average of a layout on a device can be kept in it. */
    public final MemoryStore borrowed(ParameterLayout wanted, Device where) {
        requireWritable();
        if (!layout.equals(wanted) || !device().equals(where)) {
            throw new IllegalArgumentException("an average of " + wanted + " on " + where
                    + " cannot be kept in a store of " + layout + " on " + device()
                    + ": names, types, shapes, roles and order must be the average's");
        }
        return borrowed();
    }

    @Override
    public final ParameterLayout layout() {
        return layout;
    }

    @Override
    public final boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public final String origin(int tensor) {
        return origins.get(tensor);
    }

    /** What is in the place of this store's own numbers; null while they are there. */
    public final @Nullable Occupant occupant() {
        return occupant;
    }

    public final void setOccupant(@Nullable Occupant occupant) {
        this.occupant = occupant;
    }

    @Override
    public final void copyFrom(ParameterStore source) {
        requireNonNull(source, "source");
        requireOwnNumbers();
        replace(source);
    }

    /** Copies a source's numbers over whatever is in this store's place. */
    final void replace(ParameterStore source) {
        requireWritable();
        LayoutMatch match = matchAll(source, "copy: the source");
        transferFrom(of(source)).copy(match, layout);
    }

    /** Refuses a source that lacks one of this store's tensors, or whose memory this thread may not touch. */
    public final void requireAllOf(ParameterStore source) {
        matchAll(source, "copy: the source");
        of(source).requireReachable();
        requireReachable();
    }

    /** Copies those tensors that the source has. */
    public final void copySomeFrom(ParameterStore source) {
        requireWritable();
        LayoutMatch match = LayoutMatch.of(layout, source.layout());
        transferFrom(of(source))
                .copy(match, layout.select(tensor -> match.sourceOf(layout.indexOf(tensor.name())) >= 0));
    }

    @Override
    public final void swap(ParameterStore other) {
        requireNonNull(other, "other");
        requireOwnNumbers();
        of(other).requireOwnNumbers();
        exchange(other);
    }

    /** Exchanges whatever is in the places of two stores. */
    final void exchange(ParameterStore other) {
        requireWritable();
        LayoutMatch match = matchAll(other, "swap: the other store");
        for (int i = 0; i < layout.size(); i++) {
            TensorSpec there = other.layout().tensor(match.sourceOf(i));
            if (layout.tensor(i).dtype() != there.dtype()) {
                throw new IllegalArgumentException("cannot swap: the other store has '" + there.name() + "' as "
                        + there.dtype() + " instead of " + layout.tensor(i).dtype());
            }
        }
        of(other).requireWritable();
        transferFrom(of(other)).swap(match);
    }

    private Transfer transferFrom(MemoryStore source) {
        source.requireUnmoved();
        requireUnmoved();
        source.requireReachable();
        requireReachable();
        return Transfers.between(source, this);
    }

    @Override
    public final void close() {
        if (!adopted) {
            ownership.close();
        }
    }

    @Override
    public final void read(int tensor, long at, MemorySegment into) {
        requireNonNull(into, "into");
        requireRange(tensor, at, into);
        ownership.requireUnmoved(tensor, layout, this);
        copyOut(tensor, at, into);
    }

    @Override
    public final void write(int tensor, long at, MemorySegment from) {
        requireNonNull(from, "from");
        requireWritable();
        requireOwnNumbers();
        requireRange(tensor, at, from);
        ownership.requireUnmoved(tensor, layout, this);
        copyIn(tensor, at, from);
    }

    @Override
    public final void read(int tensor, float[] into) {
        requireNonNull(into, "into");
        ArrayCopy.read(this, tensor, MemorySegment.ofArray(into), DType.F32);
    }

    @Override
    public final void read(int tensor, double[] into) {
        requireNonNull(into, "into");
        ArrayCopy.read(this, tensor, MemorySegment.ofArray(into), DType.F64);
    }

    @Override
    public final void read(int tensor, ByteBuffer into) {
        requireNonNull(into, "into");
        if (into.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        read(tensor, 0, whole(tensor, into));
    }

    @Override
    public final void write(int tensor, float[] values) {
        requireNonNull(values, "values");
        requireWritable();
        ArrayCopy.write(this, tensor, MemorySegment.ofArray(values), DType.F32);
    }

    @Override
    public final void write(int tensor, double[] values) {
        requireNonNull(values, "values");
        requireWritable();
        ArrayCopy.write(this, tensor, MemorySegment.ofArray(values), DType.F64);
    }

    @Override
    public final void write(int tensor, ByteBuffer bytes) {
        requireNonNull(bytes, "bytes");
        requireWritable();
        write(tensor, 0, whole(tensor, bytes));
    }

    private MemorySegment whole(int tensor, ByteBuffer buffer) {
        TensorSpec spec = layout.tensor(tensor);
        if (buffer.remaining() != spec.bytes()) {
            throw new IllegalArgumentException(
                    "tensor '" + spec.name() + "' has " + spec.bytes() + " bytes, the buffer " + buffer.remaining());
        }
        return MemorySegment.ofBuffer(buffer);
    }

    /** Copies bytes of a tensor, which are there, to native or heap memory. */
    abstract void copyOut(int tensor, long at, MemorySegment into);

    /** Copies bytes, for which there is room, into a tensor. */
    abstract void copyIn(int tensor, long at, MemorySegment from);

    private void requireRange(int tensor, long at, MemorySegment segment) {
        TensorSpec spec = layout.tensor(tensor);
        if (at < 0 || segment.byteSize() > spec.bytes() - at) {
            throw new IndexOutOfBoundsException("tensor '" + spec.name() + "' has " + spec.bytes() + " bytes, not "
                    + segment.byteSize() + " from byte " + at + " on");
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

    private void requireOwnNumbers() {
        if (occupant != null) {
            throw new IllegalStateException(
                    "an average is in this store's place, and what is written here would be lost"
                            + " or become part of it: close the scope that swap() returned first");
        }
    }

    public final void requireWritable() {
        if (readOnly) {
            throw new UnsupportedOperationException(
                    "this store is read-only: " + (layout.size() > 0 ? origins.get(0) : "empty"));
        }
    }

    /** Such as "HostStore[4 tensors, 650 elements, 2.5 KiB, F32 I64, cpu, read-only]". */
    @Override
    public final String toString() {
        long elements = 0;
        long bytes = 0;
        Set<DType> types = EnumSet.noneOf(DType.class);
        for (int i = 0; i < layout.size(); i++) {
            TensorSpec tensor = layout.tensor(i);
            types.add(tensor.dtype());
            if (layout.ownerOf(i) == i) {
                elements += tensor.elements();
                bytes += tensor.bytes();
            }
        }
        return (device().type() == Device.Type.CPU ? "HostStore[" : "ParameterStore[")
                + layout.size() + (layout.size() == 1 ? " tensor, " : " tensors, ")
                + elements + (elements == 1 ? " element, " : " elements, ")
                + Bytes.text(bytes) + ", "
                + types.stream()
                        .map(type -> type + " ")
                        .collect(Collectors.joining())
                        .stripTrailing() + (types.isEmpty() ? "" : ", ")
                + device()
                + (isMapped() ? ", mapped" : "")
                + (readOnly ? ", read-only" : "")
                + (ownership.isClosed() ? ", closed]" : "]");
    }
}
