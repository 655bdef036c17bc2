package dev.polyak.bench.work;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.NonFinitePolicy;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.schedule.Schedules;
import java.util.List;

/** What it costs to look for infinities and NaNs: an update that does, and one that does not. On one thread. */
final class NonFiniteExperiment implements Experiment {
    private final long elements;
    private final ParameterStore model;
    private final ParameterAverage looking;
    private final ParameterAverage plain;
    private final List<Task> tasks;

    /** Makes them, and checks that both end in the same bits where there is nothing to find. */
    NonFiniteExperiment(NonFinitePolicy policy, Pairing types, long elements) {
        this.elements = elements;
        model = ParameterStore.allocate(Tensors.of(1, elements).layout(types.source()), Device.cpu());
        Numbers.fill(HostStore.of(model).segment(0), types.source(), 1, 0);
        looking = averaging(types, policy);
        plain = averaging(types, NonFinitePolicy.FOLD);
        Numbers.fill(HostStore.of(model).segment(0), types.source(), 2, 0);
        looking.update();
        plain.update();
        if (HostStore.of(looking.store())
                        .segment(0)
                        .mismatch(HostStore.of(plain.store()).segment(0))
                >= 0) {
            throw new AssertionError("the averages differ");
        }
        long bytes = elements * types.bytesMoved();
        tasks = List.of(new Task(Task.OURS, bytes, looking::update), new Task("without looking", bytes, plain::update));
    }

    private ParameterAverage averaging(Pairing types, NonFinitePolicy which) {
        return ParameterAverage.builder(model)
                .schedule(Schedules.decay(0.999))
                .dtype(types.kept())
                .nonFinite(which)
                .threads(1)
                .build();
    }

    @Override
    public List<Task> tasks() {
        return tasks;
    }

    @Override
    public List<Task> limits() {
        return List.of();
    }

    @Override
    public long elements() {
        return elements;
    }

    @Override
    public void close() {
        looking.close();
        plain.close();
        model.close();
    }
}
