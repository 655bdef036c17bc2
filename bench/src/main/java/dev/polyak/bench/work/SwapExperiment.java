package dev.polyak.bench.work;

import dev.polyak.schedule.Order;
import java.util.List;

/** An average that changes places with its model and back, and a store that is copied. */
final class SwapExperiment implements Experiment {
    private final Tensors tensors;
    private final Model model;
    private final Streams streams;
    private final List<Task> tasks;

    /** Makes them, and checks that the numbers change places, come back, and are copied. */
    SwapExperiment(Tensors tensors, int threads) {
        this.tensors = tensors;
        model = new Model(Pairing.F32, Order.LERP, tensors, threads);
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
        float before = first();
        model.average().store().segment(0).set(Numbers.FLOAT, 0, -before);
        try (var swapped = model.average().swap()) {
            require(swapped.model().segment(0).get(Numbers.FLOAT, 0) == before);
            require(first() == -before);
        }
        require(first() == before);
        model.online().copyFrom(model.average().store());
        require(first() == -before);
    }

    private float first() {
        return model.online().segment(0).get(Numbers.FLOAT, 0);
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new AssertionError("a swap or a copy left other numbers than it should");
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
