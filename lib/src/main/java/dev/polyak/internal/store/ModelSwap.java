package dev.polyak.internal.store;

import dev.polyak.Device;
import dev.polyak.ParameterStore;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.tensor.ParameterLayout;
import org.jspecify.annotations.Nullable;

/**
 * Other numbers in a model's place, and the way back. The model's own are meanwhile in the place of the average that
 * has changed places with it, or parked in memory of their own.
 *
 * <p>Begins when it is made and ends once: by {@link #undo()}, or by {@link #discard()}. Of a swap whose beginning
 * fails nothing is left, unless a GPU fails so that the model's parked numbers cannot be brought back: then it stays
 * the model's {@linkplain MemoryStore#occupant() occupant} until it is discarded.
 */
public final class ModelSwap implements Occupant {
    private final MemoryStore model;
    /** The average that changed places with the model; null: the model's numbers are parked. */
    private final @Nullable MemoryStore exchanged;

    private final @Nullable MemoryStore parked;
    private @Nullable MemoryLostException loss;
    private boolean over;

    private ModelSwap(MemoryStore model, @Nullable MemoryStore exchanged, @Nullable MemoryStore parked) {
        this.model = model;
        this.exchanged = exchanged;
        this.parked = parked;
    }

    /**
     * Puts an average into its model's place: in exchange if they are of the same types, else by parking the model.
     *
     * @param parking memory of the model's layout that is free; null: new host memory is taken
     * @throws MemoryLostException if memory is lost; the numbers that were to be exchanged may be mixed then
     */
    public static ModelSwap begin(MemoryStore model, MemoryStore average, @Nullable MemoryStore parking) {
        if (!isExchangeable(model, average)) {
            return park(model, average, parking);
        }
        average.exchange(model);
        ModelSwap swap = new ModelSwap(model, average, null);
        model.setOccupant(swap);
        average.setOccupant(() -> swap.numbersOf(average)); // for an average of this average
        return swap;
    }

    /** Whether an average is kept where its model is, in the same types. */
    public static boolean isExchangeable(MemoryStore model, MemoryStore average) {
        ParameterLayout layout = model.layout();
        return average.device().equals(model.device())
                && average.layout().tensors().stream()
                        .allMatch(tensor ->
                                layout.tensor(layout.indexOf(tensor.name())).dtype() == tensor.dtype());
    }

    /** Puts numbers into a model's place whose own place is not to be touched. */
    public static ModelSwap park(MemoryStore model, ParameterStore numbers, @Nullable MemoryStore parking) {
        if (model.isReadOnly()) {
            throw new UnsupportedOperationException("the average cannot be swapped into a store that is read-only");
        }
        MemoryStore parked = parking != null ? parking.borrowed() : MemoryStore.allocate(model.layout(), Device.cpu());
        parked.adopt();
        try {
            parked.copyFrom(model);
        } catch (RuntimeException e) {
            parked.free();
            throw e;
        }
        ModelSwap swap = new ModelSwap(model, null, parked);
        model.setOccupant(swap);
        try {
            model.copySomeFrom(numbers);
            return swap;
        } catch (RuntimeException e) {
            swap.undo(parked, e);
            throw e;
        }
    }

    /** Brings the model's numbers back after a failure, which may have left a mixture in their place. */
    private void undo(ParameterStore numbers, RuntimeException failure) {
        try {
            model.replace(numbers);
        } catch (MemoryLostException | CudaException e) {
            if (isOfGpu(e)) {
                throw unrestored(failure);
            }
            failure.addSuppressed(e);
        }
        discard();
    }

    /** The model's own numbers, until this is over. */
    @Override
    public ParameterStore model() {
        return exchanged == null ? parkedNumbers() : view(model.layout(), exchanged, model);
    }

    /** The numbers of an average, which are in its own memory or, if it is this one's, in the model's place. */
    public ParameterStore numbersOf(MemoryStore average) {
        return average == exchanged ? view(average.layout(), model, model) : average;
    }

    private ParameterStore parkedNumbers() {
        if (parked == null) {
            throw new IllegalStateException("nothing was parked");
        }
        return parked;
    }

    /**
     * Brings the model's numbers back, bit for bit. Does nothing if this is over.
     *
     * @throws MemoryLostException if memory is gone; if this is not over then, it may be tried again
     * @throws CudaException if a GPU fails before anything was brought back: it may be tried again
     */
    public void undo() {
        if (over) {
            return;
        }
        if (exchanged != null) {
            exchangeBack(exchanged);
        } else {
            bringBack();
        }
        discard();
    }

    private void exchangeBack(MemoryStore average) {
        try {
            average.exchange(model);
        } catch (MemoryLostException e) {
            loss = e;
            discard();
            throw e;
        }
    }

    private void bringBack() {
        try {
            model.replace(parkedNumbers());
        } catch (MemoryLostException | CudaException e) {
            if (isOfGpu(e)) {
                throw unrestored(e);
            }
            discard(); // the average was never touched
            throw e;
        }
    }

    /** Ends this, wherever the model's numbers are. */
    public void discard() {
        if (!over) {
            over = true;
            model.setOccupant(null);
            if (exchanged != null) {
                exchanged.setOccupant(null);
            }
            if (parked != null) {
                parked.free();
            }
        }
    }

    /** Whether this has ended. */
    public boolean isOver() {
        return over;
    }

    /** Why the average's numbers are mixed with the model's; null if they are not. */
    public @Nullable MemoryLostException loss() {
        return loss;
    }

    private static boolean isOfGpu(RuntimeException failure) {
        return failure instanceof CudaException || failure.getCause() instanceof CudaException;
    }

    private MemoryLostException unrestored(RuntimeException failure) {
        return new MemoryLostException(
                "the model's numbers could not be brought back to " + model.device()
                        + "; they are whole in host memory, where ParameterAverage.model() finds them until the average"
                        + " is closed, and the average's are in its store: " + failure.getMessage(),
                failure);
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
