package dev.polyak.bench.work;

import dev.polyak.schedule.UpdateFormula;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An update, the same in C on the same memory, and the limits at this size and number of threads. */
final class UpdateExperiment implements Experiment {
    private final Tensors tensors;
    private final Model model;
    private Optional<Streams> streams = Optional.empty();
    private final List<Task> tasks = new ArrayList<>();

    /** Makes them; only the update itself if it is alone. */
    UpdateExperiment(Pairing types, UpdateFormula formula, Tensors tensors, int threads, boolean alone)
            throws Exception {
        this.tensors = tensors;
        model = new Model(types, formula, tensors, threads);
        long bytes = tensors.elements() * types.bytesMoved();
        add(new Task(Task.OURS, bytes, model::update));
        if (alone) {
            return;
        }
        streams = Optional.of(new Streams(tensors.elements() * types.bytesHeld(), threads));
        if (formula == UpdateFormula.LERP
                && CReference.has(types)
                && CReference.find().isPresent()) {
            CReference c = CReference.find().get();
            add(new Task(Task.IN_C, bytes, () -> model.update(c, threads)));
        }
    }

    private void add(Task task) throws Exception {
        model.check(task.action());
        tasks.add(task);
    }

    @Override
    public List<Task> tasks() {
        return tasks;
    }

    @Override
    public List<Task> limits() {
        return streams.map(Streams::tasks).orElse(List.of());
    }

    @Override
    public long elements() {
        return tensors.elements();
    }

    @Override
    public void close() {
        streams.ifPresent(Streams::close);
        model.close();
    }
}
