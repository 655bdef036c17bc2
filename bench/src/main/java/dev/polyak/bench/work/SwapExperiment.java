package dev.polyak.bench.work;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** An average that changes places with its model and back, and a store that is copied. */
final class SwapExperiment implements Experiment {
    private static final int MODEL = 1;
    private static final int AVERAGE = 1 << 20;

    private final Tensors tensors;
    private final Model model;
    private final Streams streams;
    private final List<Task> tasks;

    /** Makes them, and checks that the numbers change places, come back, and are copied. */
    SwapExperiment(Tensors tensors, int threads) {
        this.tensors = tensors;
        model = new Model(Pairing.F32, UpdateFormula.LERP, tensors, threads);
        long bytes = model.online().layout().byteSize();
        streams = new Streams(2 * bytes, threads);
        check();
        tasks = List.of(
                new Task("swap and back", 8 * bytes, this::swapAndBack),
                new Task(
                        "copy of a store",
                        2 * bytes,
                        () -> model.online().copyFrom(model.average().store())));
    }

    private void swapAndBack() {
        model.average().swap().close();
    }

    private void check() {
        ParameterStore online = model.online();
        ParameterStore average = model.average().store();
        fill(online, MODEL);
        fill(average, AVERAGE);
        try (var swapped = model.average().swap()) {
            check(online, AVERAGE);
            check(swapped.model(), MODEL);
        }
        check(online, MODEL);
        check(average, AVERAGE);
        online.copyFrom(average);
        check(online, AVERAGE);
    }

    private static void fill(ParameterStore store, int sequence) {
        for (int tensor = 0; tensor < store.layout().size(); tensor++) {
            Numbers.fill(HostStore.of(store).segment(tensor), DType.F32, sequence + tensor, 0);
        }
    }

    private static void check(ParameterStore store, int sequence) {
        for (int tensor = 0; tensor < store.layout().size(); tensor++) {
            MemorySegment memory = HostStore.of(store).segment(tensor);
            int numbers = sequence + tensor;
            Numbers.inParts(store.layout().tensor(tensor).elements(), i -> {
                if (Numbers.read(memory, DType.F32, i) != Numbers.at(DType.F32, numbers, i)) {
                    throw new AssertionError("a swap or a copy left other numbers than it should, at element " + i);
                }
            });
        }
    }

    @Override
    public List<Task> tasks() {
        return tasks;
    }

    @Override
    public List<Task> limits() {
        return streams.tasks();
    }

    @Override
    public long elements() {
        return tensors.elements();
    }

    @Override
    public void close() {
        streams.close();
        model.close();
    }
}
