package dev.polyak.jmh;

import dev.polyak.Device;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterLayout;
import dev.polyak.ParameterStore;
import dev.polyak.TensorSpec;
import dev.polyak.schedule.Order;
import dev.polyak.schedule.Schedules;
import java.lang.foreign.MemorySegment;

/** A model of one tensor and its average, with {@link Numbers} in both. */
final class Model implements AutoCloseable {
    private static final double DECAY = 0.999;
    /** A lap of small updates takes about a millisecond or ten. */
    private static final long ELEMENTS_PER_LAP = 1 << 24;

    private static final int MOST_REPETITIONS = 1000;
    private static final int BEFORE = 1;
    private static final int NOW = 2;

    private final Pairing pairing;
    private final Order order;
    private final long elements;
    private final ParameterStore online;
    private final ParameterAverage average;

    Model(Pairing pairing, Order order, long elements, int threads) {
        this.pairing = pairing;
        this.order = order;
        this.elements = elements;
        online = ParameterStore.allocate(
                ParameterLayout.of(TensorSpec.parameter("weight", pairing.source(), elements)), Device.cpu());
        average = ParameterAverage.builder(online)
                .schedule(Schedules.decay(DECAY))
                .order(order)
                .keptAs(pairing.kept())
                .threads(threads)
                .build();
    }

    /** The library's update. */
    void update() {
        average.update();
    }

    /** The same, in C. */
    void update(CReference reference, int threads) {
        reference.lerp(
                pairing.source(),
                average.store().segment(0),
                online.segment(0),
                (float) (1 - DECAY),
                elements,
                threads);
    }

    /** What one update reads and writes. */
    long bytesMoved() {
        return elements * pairing.bytesMoved();
    }

    /** How many updates are to be timed together. */
    int repetitions() {
        return (int) Math.max(1, Math.min(MOST_REPETITIONS, ELEMENTS_PER_LAP / elements));
    }

    /**
     * Runs an update and compares every bit with plain loops.
     *
     * @throws AssertionError if a bit differs
     */
    void check(Runnable update) {
        Numbers.fill(online.segment(0), pairing.source(), BEFORE, 0);
        average.restart();
        Numbers.fill(online.segment(0), pairing.source(), NOW, 0);
        update.run();
        MemorySegment result = average.store().segment(0);
        for (long i = 0; i < elements; i++) {
            double before = Numbers.at(pairing.source(), BEFORE, i);
            double now = Numbers.at(pairing.source(), NOW, i);
            double expected = Expected.update(order, pairing.kept(), before, now, DECAY);
            double found = Numbers.read(result, pairing.kept(), i);
            if (Double.doubleToRawLongBits(found) != Double.doubleToRawLongBits(expected)) {
                throw new AssertionError(
                        "element " + i + " is " + found + " instead of " + expected + ": " + pairing + ", " + order);
            }
        }
    }

    @Override
    public void close() {
        average.close();
        online.close();
    }
}
