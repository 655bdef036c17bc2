package dev.polyak.gpucheck.check;

import dev.polyak.AverageBuilder;
import dev.polyak.Device;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.gpucheck.base.ResourceScope;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.UnaryOperator;

/** One model and its average on the CPU, and the same on the GPU. */
final class CpuGpuPair implements AutoCloseable {
    private final ResourceScope owned = new ResourceScope();
    private final NumberSource numbers;
    private final ParameterAverage reference;
    private final ParameterAverage tested;

    /** Allocates both. */
    CpuGpuPair(Bench bench, ParameterLayout layout, UnaryOperator<AverageBuilder> settings) {
        this(bench, ParameterStore.allocate(layout, bench.gpu()), settings);
    }

    /** Takes a model on the GPU, and closes it in the end. */
    CpuGpuPair(Bench bench, ParameterStore model, UnaryOperator<AverageBuilder> settings) {
        numbers = bench.numbers();
        try {
            owned.keep(model);
            ParameterStore twin = owned.keep(ParameterStore.allocate(model.layout(), Device.cpu()));
            feed(twin, 0, true);
            feed(model, 0, true);
            reference =
                    owned.keep(settings.apply(ParameterAverage.builder(twin)).build());
            tested = owned.keep(settings.apply(ParameterAverage.builder(model)).build());
        } catch (RuntimeException | Error e) {
            owned.close();
            throw e;
        }
    }

    /** The average on the CPU. */
    ParameterAverage reference() {
        return reference;
    }

    /** The average on the GPU. */
    ParameterAverage tested() {
        return tested;
    }

    /** Gives both models the same new numbers, and updates both averages. */
    void step(long sequence) {
        feed(sequence, false);
        reference.update();
        tested.update();
    }

    /** Gives both models the same new numbers. */
    void feed(long sequence, boolean finite) {
        feed(reference.online(), sequence, finite);
        feed(tested.online(), sequence, finite);
    }

    /** All averages of both must be the same. */
    void compare(String where, Comparison comparison) {
        for (int k = 0; k < reference.rules().size(); k++) {
            comparison.sameNumbers(
                    where + (k == 0 ? "" : ", average " + (k + 1)),
                    reference.average(k).store(),
                    tested.average(k).store());
        }
    }

    private void feed(ParameterStore store, long sequence, boolean finite) {
        feed(numbers, store, sequence, finite);
    }

    /** Fills every tensor of a store. */
    static void feed(NumberSource numbers, ParameterStore store, long sequence, boolean finite) {
        for (int i = 0; i < store.layout().size(); i++) {
            TensorSpec tensor = store.layout().tensor(i);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(tensor.bytes(), Long.BYTES);
                numbers.fill(memory, tensor.dtype(), sequence(sequence, i), finite);
                store.write(i, 0, memory);
            }
        }
    }

    /** The sequence of numbers that {@link #feed} gives a tensor. */
    static long sequence(long of, int tensor) {
        return of * 100 + tensor;
    }

    @Override
    public void close() {
        owned.close();
    }
}
