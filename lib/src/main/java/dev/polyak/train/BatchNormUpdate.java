package dev.polyak.train;

import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.WrappedStoreBuilder;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.ValueLayout;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Recomputes the BatchNorm statistics of an average: everything that a pass in training mode can write to is set aside
 * before and put back after it, but for the statistics that it has computed, which go to the average.
 */
final class BatchNormUpdate {
    private final ParameterStore model;
    private final BatchNormNames names;
    private final ParameterLayout statistics;
    private final ParameterStore modelBuffers;
    private final ParameterStore averageBuffers;
    private final ParameterStore averageStatistics;

    BatchNormUpdate(ParameterAverage average, int which, BatchNormNames names) {
        this.model = average.online();
        this.names = names;
        statistics = model.layout().select(names::isStatistic);
        ParameterLayout held = average.layout();
        for (TensorSpec tensor : statistics.tensors()) {
            if (held.indexOf(tensor.name()) < 0) {
                throw new IllegalArgumentException("the average does not hold '" + tensor.name()
                        + "', so its statistics cannot be recomputed: choose a rule that copies buffers");
            }
            if (names.isVariance(tensor) && !tensor.dtype().isFloat()) {
                throw new IllegalArgumentException("the variance '" + tensor.name() + "' cannot be " + tensor.dtype());
            }
        }
        Predicate<TensorSpec> buffer = tensor -> tensor.role() == Role.BUFFER || names.isStatistic(tensor);
        modelBuffers = part(model, buffer);
        averageBuffers = part(average.average(which).store(), buffer);
        averageStatistics = part(average.average(which).store(), names::isStatistic);
    }

    /** Makes the passes with the average swapped in; false if there are no statistics. */
    <E extends Exception> boolean run(Supplier<Evaluation> evaluation, DataPasses<E> passes) throws E {
        if (statistics.size() == 0) {
            return false;
        }
        try (ParameterStore modelBefore = copy(modelBuffers);
                ParameterStore averageBefore = copy(averageBuffers);
                ParameterStore recomputed = initial()) {
            Evaluation swapped = evaluation.get();
            try (swapped) {
                part(model, names::isStatistic).copyFrom(recomputed);
                passes.run(
                        part(model, tensor -> true)); // which may be written to, unlike a store with an average in it
                recomputed.copyFrom(model);
            } finally { // the numbers are back in their places
                modelBuffers.copyFrom(modelBefore);
                averageBuffers.copyFrom(averageBefore);
            }
            averageStatistics.copyFrom(recomputed);
        }
        return true;
    }

    /** The statistics of no data at all, in the model's types. */
    private ParameterStore initial() {
        ParameterStore initial = ParameterStore.allocate(statistics);
        ParameterLayout wide = statistics.select(names::isVariance).map(tensor -> tensor.as(DType.F64));
        try (HostStore ones = ParameterStore.allocate(wide)) {
            for (int i = 0; i < wide.size(); i++) {
                for (long j = 0; j < wide.tensor(i).elements(); j++) {
                    ones.segment(i).setAtIndex(ValueLayout.JAVA_DOUBLE, j, 1);
                }
            }
            part(initial, names::isVariance).copyFrom(ones);
        }
        return initial;
    }

    private static ParameterStore copy(ParameterStore store) {
        ParameterStore copy = ParameterStore.allocate(store.layout());
        copy.copyFrom(store);
        return copy;
    }

    /** Some tensors of a store, in its memory. */
    private static ParameterStore part(ParameterStore store, Predicate<TensorSpec> wanted) {
        HostStore whole = HostStore.of(store);
        WrappedStoreBuilder part = ParameterStore.wrap().keep(store);
        for (int i = 0; i < store.layout().size(); i++) {
            TensorSpec tensor = store.layout().tensor(i);
            if (wanted.test(tensor)) {
                part.tensor(tensor, whole.segment(i));
            }
        }
        return part.build();
    }
}
