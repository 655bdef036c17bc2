package dev.polyak.bench.work;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;

/** A model and its average, with {@link Numbers} in both. */
public final class Model implements AutoCloseable {
    private static final double DECAY = 0.999;
    private static final int BEFORE = 1;
    private static final int NOW = 2;

    private final Pairing pairing;
    private final UpdateFormula formula;
    private final ParameterStore online;
    private final ParameterAverage average;

    /** A model of tensors of certain types, whose average is updated in an order by a number of threads. */
    public Model(Pairing pairing, UpdateFormula formula, Tensors tensors, int threads) {
        this.pairing = pairing;
        this.formula = formula;
        online = ParameterStore.allocate(tensors.layout(pairing.source()), Device.cpu());
        fill(BEFORE); // so that the pages are there
        average = ParameterAverage.builder(online)
                .rule(ScheduledRule.of(Schedules.decay(DECAY)).formula(formula))
                .dtype(pairing.kept())
                .threads(threads)
                .build();
    }

    /** The library's update. */
    public void update() {
        average.update();
    }

    /** The same, in C. */
    public void update(CReference reference, int threads) {
        for (int tensor = 0; tensor < online.layout().size(); tensor++) {
            reference.lerp(
                    pairing.source(),
                    HostStore.of(average.store()).segment(tensor),
                    HostStore.of(online).segment(tensor),
                    (float) (1 - DECAY),
                    online.layout().tensor(tensor).elements(),
                    threads);
        }
    }

    /** The average. */
    ParameterAverage average() {
        return average;
    }

    /** The model's memory. */
    ParameterStore online() {
        return online;
    }

    /**
     * Runs an update and compares every bit with plain loops.
     *
     * @throws AssertionError if a bit differs
     */
    public void check(Task.Action update) throws Exception {
        fill(BEFORE);
        average.restart();
        fill(NOW);
        update.run();
        for (int tensor = 0; tensor < online.layout().size(); tensor++) {
            check(tensor);
        }
    }

    private void check(int tensor) {
        MemorySegment result = HostStore.of(average.store()).segment(tensor);
        DType source = pairing.source();
        Numbers.inParts(online.layout().tensor(tensor).elements(), i -> {
            double before = Numbers.at(source, BEFORE + tensor, i);
            double now = Numbers.at(source, NOW + tensor, i);
            double expected = Expected.update(formula, pairing.kept(), before, now, DECAY);
            double found = Numbers.read(result, pairing.kept(), i);
            if (Double.doubleToRawLongBits(found) != Double.doubleToRawLongBits(expected)) {
                throw new AssertionError("element " + i + " of tensor " + tensor + " is " + found + " instead of "
                        + expected + ": " + pairing + ", " + formula);
            }
        });
    }

    private void fill(int sequence) {
        for (int tensor = 0; tensor < online.layout().size(); tensor++) {
            Numbers.fill(HostStore.of(online).segment(tensor), pairing.source(), sequence + tensor, 0);
        }
    }

    @Override
    public void close() {
        average.close();
        online.close();
    }
}
