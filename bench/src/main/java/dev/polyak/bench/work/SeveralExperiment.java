package dev.polyak.bench.work;

import dev.polyak.AverageBuilder;
import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Averages that share each reading of the model, and as many that each read it for themselves. */
final class SeveralExperiment implements Experiment {
    private final Tensors tensors;
    private final Streams streams;
    private final ParameterStore model;
    private final ParameterAverage together;
    private final List<ParameterAverage> alone = new ArrayList<>();
    private final List<Task> tasks;

    /** Makes them, and checks that both ways end in the same bits. */
    SeveralExperiment(Pairing types, Tensors tensors, int averages, int threads) {
        this.tensors = tensors;
        model = ParameterStore.allocate(tensors.layout(types.source()), Device.cpu());
        fill(types.source(), 1);
        List<ScheduledRule> rules = IntStream.rangeClosed(1, averages)
                .mapToObj(k -> ScheduledRule.of(Schedules.decay(1 - Math.pow(10, -k))))
                .toList();
        together = averaging(types.kept(), threads).rules(rules).build();
        rules.forEach(
                rule -> alone.add(averaging(types.kept(), threads).rule(rule).build()));
        fill(types.source(), 2);
        together.update();
        separately();
        for (int k = 0; k < averages; k++) {
            check(k);
        }
        long source = types.source().bytes(tensors.elements());
        long kept = types.kept().bytes(tensors.elements());
        streams = new Streams(source + averages * kept, threads);
        tasks = List.of(
                new Task(Task.OURS, source + 2 * kept * averages, together::update),
                new Task("one by one", averages * (source + 2 * kept), this::separately));
    }

    private AverageBuilder averaging(DType kept, int threads) {
        return ParameterAverage.builder(model).dtype(kept).threads(threads);
    }

    private void fill(DType type, int sequence) {
        for (int tensor = 0; tensor < model.layout().size(); tensor++) {
            Numbers.fill(HostStore.of(model).segment(tensor), type, sequence, tensor);
        }
    }

    private void separately() {
        alone.forEach(ParameterAverage::update);
    }

    private void check(int k) {
        for (int tensor = 0; tensor < model.layout().size(); tensor++) {
            if (HostStore.of(together.average(k).store())
                            .segment(tensor)
                            .mismatch(HostStore.of(alone.get(k).store()).segment(tensor))
                    >= 0) {
                throw new AssertionError("average " + k + " differs");
            }
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
        together.close();
        alone.forEach(ParameterAverage::close);
        model.close();
    }
}
