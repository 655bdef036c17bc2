package dev.polyak;

import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.tensor.ParameterLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The time during which an average is in its model's place, for try-with-resources. See
 * {@link ParameterAverage#swap()}.
 *
 * <p>Meanwhile {@link #model()} and {@link #average} tell where the numbers are that a checkpoint needs.
 */
public final class SwappedAverage implements AutoCloseable {
    private final ParameterAverage owner;
    private final MemoryStore online;
    /** Which average changed places with the model, or −1 if none did. */
    private final int exchanged;
    /** The model's numbers, where they could not change places with the average's. */
    private final @Nullable ParameterStore parked;

    private boolean closed;

    private SwappedAverage(ParameterAverage owner, int exchanged, @Nullable ParameterStore parked) {
        this.owner = owner;
        this.online = owner.source();
        this.exchanged = exchanged;
        this.parked = parked;
        online.setOccupant(this::model);
    }

    /** Exchanges an average with its model, or parks the model if they are not of the same types. */
    static SwappedAverage begin(ParameterAverage owner, int which) {
        ParameterLayout model = owner.online().layout();
        MemoryStore average = owner.memory(which);
        boolean alike = average.layout().tensors().stream()
                .allMatch(tensor -> model.tensor(model.indexOf(tensor.name())).dtype() == tensor.dtype());
        if (!alike || !average.device().equals(owner.online().device())) {
            return park(owner, average);
        }
        average.swap(owner.source());
        return new SwappedAverage(owner, which, null);
    }

    /** Puts numbers into the model's place whose own place is not needed for the model's. */
    static SwappedAverage park(ParameterAverage owner, ParameterStore numbers) {
        MemoryStore online = owner.source();
        if (online.isReadOnly()) {
            throw new UnsupportedOperationException("the average cannot be swapped into a store that is read-only");
        }
        MemoryStore staging = owner.parking();
        ParameterStore parked =
                staging != null ? staging.borrowed() : ParameterStore.allocate(online.layout(), Device.cpu());
        try {
            parked.copyFrom(online);
        } catch (RuntimeException e) {
            parked.close();
            throw e;
        }
        SwappedAverage scope = new SwappedAverage(owner, -1, parked);
        try {
            online.copySomeFrom(numbers);
            return scope;
        } catch (RuntimeException e) {
            scope.undo(e);
            throw e;
        }
    }

    /** Brings the model's numbers back after a failure, which may have left a mixture in their place. */
    private void undo(RuntimeException failure) {
        try {
            online.copyFrom(parked());
        } catch (MemoryLostException | CudaException e) {
            if (isOfGpu(e)) {
                owner.keepUnrestored(this);
                throw unrestored(failure);
            }
            failure.addSuppressed(e);
        }
        end(null);
    }

    private ParameterStore parked() {
        return Objects.requireNonNull(parked);
    }

    private static boolean isOfGpu(RuntimeException failure) {
        return failure instanceof CudaException || failure.getCause() instanceof CudaException;
    }

    private MemoryLostException unrestored(RuntimeException failure) {
        return new MemoryLostException(
                "the model's numbers could not be brought back to " + online.device()
                        + "; they are whole in host memory, where ParameterAverage.model() finds them until the average"
                        + " is closed, and the average's are in its store: " + failure.getMessage(),
                failure);
    }

    /**
     * The model's own numbers, wherever they are meanwhile.
     *
     * @return a store of the model's layout, good until this scope is closed
     * @throws IllegalStateException if the scope is closed
     */
    public ParameterStore model() {
        requireOpen();
        return parked != null ? parked : view(online.layout(), owner.memory(exchanged), online);
    }

    /**
     * The numbers of one of the averages, as they are kept: not debiased, and in their own types.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return a store of the average's layout, good until this scope is closed
     * @throws IndexOutOfBoundsException if there is no such average
     * @throws IllegalStateException if the scope is closed
     */
    public ParameterStore average(int which) {
        requireOpen();
        MemoryStore memory = owner.memory(which);
        return which == exchanged ? view(memory.layout(), online, online) : memory;
    }

    /**
     * Brings the model's numbers back, bit for bit. A second call does nothing.
     *
     * @throws MemoryLostException if the model's memory is gone. If that is a GPU's and the numbers are parked in host
     *     memory, they stay there, {@link #model()} has them, and this can be closed again, for a GPU that failed for
     *     the moment
     * @throws CudaException if a GPU fails before anything was brought back: nothing is lost then, and this can be
     *     closed again
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (parked == null) {
            exchangeBack();
        } else {
            bringBack(parked);
        }
        end(null);
    }

    private void exchangeBack() {
        try {
            owner.memory(exchanged).swap(online);
        } catch (MemoryLostException e) {
            end(e);
            throw e;
        }
    }

    private void bringBack(ParameterStore numbers) {
        try {
            online.copyFrom(numbers);
        } catch (MemoryLostException | CudaException e) {
            if (isOfGpu(e)) {
                throw unrestored(e); // and this can be closed again
            }
            end(null); // the average was never touched
            throw e;
        }
    }

    /** Frees what this has taken, if it is still open, wherever the model's numbers are. */
    void discard() {
        if (!closed) {
            end(null);
        }
    }

    private void end(@Nullable RuntimeException failure) {
        closed = true;
        online.setOccupant(null);
        owner.swapEnded(failure);
        if (parked != null) {
            parked.close();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the swap has ended: model and average are in their own places again");
        }
    }

    /** Tensors in the memory of one store where it has them, else of another on its device. */
    private static ParameterStore view(ParameterLayout layout, MemoryStore first, MemoryStore second) {
        MemoryStore[] stores = new MemoryStore[layout.size()];
        int[] tensors = new int[layout.size()];
        for (int i = 0; i < tensors.length; i++) {
            int there = indexOf(layout, i, first.layout());
            stores[i] = there >= 0 ? first : second;
            tensors[i] = there >= 0
                    ? there
                    : second.layout().indexOf(layout.tensor(i).name());
        }
        return first.view(layout, stores, tensors);
    }

    /** Where a layout has a tensor of another: under its name, or under one that it is tied to. */
    private static int indexOf(ParameterLayout layout, int tensor, ParameterLayout there) {
        int index = there.indexOf(layout.tensor(tensor).name());
        for (int i = 0; i < layout.size() && index < 0; i++) {
            if (layout.ownerOf(i) == layout.ownerOf(tensor)) {
                index = there.indexOf(layout.tensor(i).name());
            }
        }
        return index;
    }
}
