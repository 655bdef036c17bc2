package dev.polyak.cli.demo;

import dev.polyak.Device;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.SwappedAverage;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.SavedAverage;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.Warmup;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * A network that learns, and the average that follows it, on the CPU or a GPU in the same bits. Its whole state goes to
 * files after an epoch and comes back from them, so that a resumed training ends in the same bits as one that never
 * stopped.
 *
 * <p>The learning rate is high and never falls, so that the raw weights jump about the place where the average lies. A
 * lower or a falling rate would bring them there in its own way: the accuracies show what averaging does, and are no
 * evidence that nothing else does it.
 */
final class Training implements AutoCloseable {
    private static final int BATCH = 64;
    private static final float NOISE = 0.2f;
    private static final float LEARNING_RATE = 0.1f;
    private static final float MOMENTUM = 0.9f;
    private static final float WEIGHT_DECAY = 0.005f;
    private static final Schedule SCHEDULE = Schedules.decay(0.99).warmup(Warmup.inverseGamma(1, 0.75));

    private static final String EPOCH = "demo.epoch";
    private static final String SEED = "demo.seed";

    private final Digits digits;
    private final long seed;
    private final Network network;
    private final Sgd optimizer;
    private final AveragedModel model;
    private final ParameterAverage average;
    private int epoch;

    private Training(
            Digits digits,
            long seed,
            int epoch,
            Network network,
            Sgd optimizer,
            AveragedModel model,
            ParameterAverage average) {
        this.digits = digits;
        this.seed = seed;
        this.epoch = epoch;
        this.network = network;
        this.optimizer = optimizer;
        this.model = model;
        this.average = average;
    }

    /**
     * Begins with a network that has not learned anything.
     *
     * @param digits to learn from
     * @param seed decides all that is random
     * @param device where the average is made and kept
     */
    static Training begin(Digits digits, long seed, Device device) {
        Network network = new Network();
        network.initialise(random(seed, 0));
        AveragedModel model = new AveragedModel(network.store(), device);
        ParameterAverage average = ParameterAverage.builder(model.store())
                .rule(ScheduledRule.of(SCHEDULE).buffers(BufferPolicy.AVERAGE))
                .build();
        return new Training(digits, seed, 0, network, optimizer(), model, average);
    }

    /**
     * Goes on where a training was {@linkplain #save saved}.
     *
     * @param digits to learn from, the same as before
     * @param folder where the files are
     * @param epoch the last epoch that was done
     * @param device where the average is made and kept, the same as before or another
     */
    static Training resume(Digits digits, RunFolder folder, int epoch, Device device) throws CheckpointException {
        try (Checkpoint weights = Checkpoint.open(folder.model(epoch));
                Checkpoint velocity = Checkpoint.open(folder.optimizer(epoch));
                SavedAverage average = SavedAverage.open(folder.average(epoch))) {
            Network network = new Network();
            network.store().copyFrom(weights.store());
            Sgd optimizer = optimizer();
            optimizer.velocity().copyFrom(velocity.store());
            AveragedModel model = new AveragedModel(network.store(), device);
            return new Training(
                    digits,
                    Long.parseLong(entry(velocity, SEED)),
                    Integer.parseInt(entry(velocity, EPOCH)),
                    network,
                    optimizer,
                    model,
                    average.resume(model.store()));
        }
    }

    /** Saves the state after an epoch: all that {@link #resume} needs. */
    void save(RunFolder folder) throws CheckpointException {
        // Sorted, so that the same training writes the same files.
        Map<String, String> position = new TreeMap<>(Map.of(EPOCH, String.valueOf(epoch), SEED, String.valueOf(seed)));
        Checkpoint.save(folder.model(epoch), network.store(), Map.of());
        Checkpoint.save(folder.optimizer(epoch), optimizer.velocity(), position);
        SavedAverage.save(folder.average(epoch), average, Map.of());
    }

    /** How many epochs are done. */
    int epoch() {
        return epoch;
    }

    /** How many steps an epoch takes. */
    static int steps(Digits digits) {
        return Math.ceilDiv(digits.size(), BATCH);
    }

    /**
     * Learns from every digit once.
     *
     * @param stepDone called after each step
     * @return the mean loss
     */
    double learn(Runnable stepDone) {
        epoch++;
        Random random = random(seed, epoch);
        int[] order = shuffled(digits.size(), random);
        double loss = 0;
        for (int from = 0; from < order.length; from += BATCH) {
            Batch batch = digits.batch(order, from, Math.min(from + BATCH, order.length))
                    .withNoise(NOISE, random);
            loss += network.learn(batch) * batch.size();
            optimizer.step(network);
            model.takeFromNetwork();
            average.update();
            stepDone.run();
        }
        return loss / order.length;
    }

    /** The network's parameters and buffers. */
    ParameterStore weights() {
        return network.store();
    }

    /** The average that follows the network. */
    ParameterAverage average() {
        return average;
    }

    /** Accuracy of the weights as they are. */
    double rawAccuracy(Batch test) {
        return network.accuracy(test);
    }

    /** Accuracy of the averaged weights, which take the others' place meanwhile. */
    @SuppressWarnings("try") // what counts is how long the scope lasts
    double averagedAccuracy(Batch test) {
        try (SwappedAverage swapped = average.swap()) {
            model.giveToNetwork();
            return network.accuracy(test);
        } finally {
            model.giveToNetwork(); // the raw weights again
        }
    }

    /** Whether two trainings are in the same state, bit by bit: model, optimizer, average and its counters. */
    boolean hasSameBitsAs(Training other) {
        return epoch == other.epoch
                && sameBits(network.store(), other.network.store())
                && sameBits(optimizer.velocity(), other.optimizer.velocity())
                && averageHasSameBitsAs(other.average);
    }

    /** Whether another average is in the same state as the one that follows the network. */
    boolean averageHasSameBitsAs(ParameterAverage other) {
        return sameBits(average.store(), other.store()) && average.counters().equals(other.counters());
    }

    @Override
    public void close() {
        average.close();
        model.close();
        optimizer.close();
        network.close();
    }

    private static Sgd optimizer() {
        return new Sgd(LEARNING_RATE, MOMENTUM, WEIGHT_DECAY);
    }

    /** Chance begins anew with each epoch, so that its number is all that a resumed training needs to know of it. */
    private static Random random(long seed, int epoch) {
        return new Random(seed * 1_000_003 + epoch);
    }

    private static int[] shuffled(int size, Random random) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) { // number i goes to a random place among those before it
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static String entry(Checkpoint checkpoint, String key) {
        return Objects.requireNonNull(checkpoint.metadata().get(key), () -> checkpoint.path() + " lacks " + key);
    }

    private static boolean sameBits(ParameterStore a, ParameterStore b) {
        for (int i = 0; i < a.layout().size(); i++) {
            if (!Arrays.equals(bytes(a, i), bytes(b, i))) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(ParameterStore store, int tensor) {
        byte[] bytes = new byte[Math.toIntExact(store.layout().tensor(tensor).bytes())];
        store.read(tensor, 0, MemorySegment.ofArray(bytes));
        return bytes;
    }
}
