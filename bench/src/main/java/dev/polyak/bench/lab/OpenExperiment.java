package dev.polyak.bench.lab;

import dev.polyak.bench.work.Spec;
import dev.polyak.gpucheck.measure.Contender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * An experiment in a worker.
 *
 * @param worker where it is
 * @param number what the worker calls it
 * @param spec what it is
 * @param elements of the model it is about
 * @param ways of doing the work
 * @param limits work that does nearly nothing
 */
public record OpenExperiment(
        Worker worker, int number, Spec spec, long elements, List<Contender> ways, List<Contender> limits)
        implements AutoCloseable {
    /** Between the fields of an answer. */
    static final String FIELD = "\t";

    static OpenExperiment parse(Worker worker, Spec spec, String answer) {
        String[] fields = answer.split(FIELD, -1);
        int number = Integer.parseInt(fields[0]);
        int works = Integer.parseInt(fields[2]);
        List<Contender> all = new ArrayList<>();
        for (int i = 3; i < fields.length; i += 2) {
            int task = all.size();
            all.add(new Contender(fields[i], Long.parseLong(fields[i + 1]), () -> worker.millis(number, task)));
        }
        return new OpenExperiment(
                worker,
                number,
                spec,
                Long.parseLong(fields[1]),
                List.copyOf(all.subList(0, works)),
                List.copyOf(all.subList(works, all.size())));
    }

    /** Ends it and gives its memory back. */
    @Override
    public void close() {
        try {
            worker.close(number);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
