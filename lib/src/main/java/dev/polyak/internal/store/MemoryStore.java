package dev.polyak.internal.store;

import dev.polyak.Device;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What stores have in common, wherever their memory is: the checks, which come before the first write. */
public abstract sealed class MemoryStore implements ParameterStore permits HostStore, CudaStore {
    private final ParameterLayout layout;
    private final List<String> origins;
    private final boolean readOnly;
    private final Runnable closeAction;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Occupant occupant;

    MemoryStore(ParameterLayout layout, List<String> origins, boolean readOnly, Runnable closeAction) {
        this.layout = layout;
        this.origins = List.copyOf(origins);
        this.readOnly = readOnly;
        this.closeAction = closeAction;
    }

    /** A store as the library sees it: every store is one of these. */
    public static MemoryStore of(ParameterStore store) {
        return (MemoryStore) store;
    }

    /** A store with memory of its own. */
    public static MemoryStore allocate(ParameterLayout layout, Device device) {
        return switch (device.type()) {
            case CPU -> HostStore.allocate(layout);
            case CUDA -> CudaStore.allocate(layout, device);
        };
    }

    /** Divides the elements of some floating-point tensors, rounded once. */
    public abstract void divide(BitSet tensors, double divisor);

    /** Sets some tensors to zero. */
    public abstract void zero(BitSet tensors);

    /** Tensors in the memory of stores on this one's device, as a store that owns nothing. */
    public abstract MemoryStore view(ParameterLayout view, MemoryStore[] stores, int[] tensors);

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
        requireOwnNumbers();
        replace(source);
    }

    /** Copies a source's numbers over whatever is in this store's place. */
    final void replace(ParameterStore source) {
        requireWritable();
        LayoutMatch match = matchAll(source, "copy: the source");
        Transfers.between(of(source), this).copy(match, layout);
    }

    /** Refuses a source that lacks one of this store's tensors. */
    public final void requireAllOf(ParameterStore source) {
        matchAll(source, "copy: the source");
    }

    /** Copies those tensors that the source has. */
    public final void copySomeFrom(ParameterStore source) {
        requireWritable();
        LayoutMatch match = LayoutMatch.of(layout, source.layout());
        Transfers.between(of(source), this)
                .copy(match, layout.select(tensor -> match.sourceOf(layout.indexOf(tensor.name())) >= 0));
    }

    @Override
    public final void swap(ParameterStore other) {
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
        Transfers.between(of(other), this).swap(match);
    }

    @Override
    public final void close() {
        if (closed.compareAndSet(false, true)) {
            closeAction.run();
        }
    }

    @Override
    public final void read(int tensor, long at, MemorySegment into) {
        requireRange(tensor, at, into);
        copyOut(tensor, at, into);
    }

    @Override
    public final void write(int tensor, long at, MemorySegment from) {
        requireWritable();
        requireOwnNumbers();
        requireRange(tensor, at, from);
        copyIn(tensor, at, from);
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
}
