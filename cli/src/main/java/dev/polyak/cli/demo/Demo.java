package dev.polyak.cli.demo;

import static dev.polyak.cli.demo.CurveTable.percent;

import dev.polyak.Device;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The demonstration: a training with an average, stopped half-way and resumed from its files; the same training without
 * the stop, to compare the bits; and the average of the later checkpoints.
 */
final class Demo implements AutoCloseable {
    private final RunFolder folder;
    private final int epochs;
    private final long seed;
    private final Device.Choice choice;
    private final Digits digits;
    private final Batch test;
    private final ProgressLine progress;
    private final List<Epoch> curve = new ArrayList<>();

    /**
     * Gets ready.
     *
     * @param folder where the files go
     * @param epochs how often to learn from every digit, at least 2
     * @param seed decides all that is random
     * @param choice where averages are made, and why there
     */
    Demo(RunFolder folder, int epochs, long seed, Device.Choice choice) {
        this.folder = folder;
        this.epochs = epochs;
        this.seed = seed;
        this.choice = choice;
        Digits all = Digits.read();
        this.digits = all.training();
        this.test = all.test().all();
        this.progress = new ProgressLine(2L * epochs * Training.steps(digits)); // stopped and not stopped
    }

    Outcome run() throws IOException {
        folder.clearAfter(epochs);
        int stop = epochs / 2;
        Device device = choice.device();
        try (Training training = Training.begin(digits, seed, device)) {
            watch(training, stop);
        }
        boolean sameBits;
        try (Training resumed = Training.resume(digits, folder, stop, device);
                Training uninterrupted = Training.begin(digits, seed, device)) {
            watch(resumed, epochs);
            progress.say("the same, without the stop");
            while (uninterrupted.epoch() < epochs) {
                uninterrupted.learn(progress::stepDone);
            }
            sameBits = resumed.hasSameBitsAs(uninterrupted);
        }
        OfflineAverage.write(
                IntStream.rangeClosed(stop + 1, epochs).mapToObj(folder::model).toList(),
                folder.offlineAverage(),
                device);
        return new Outcome(
                seed,
                choice,
                List.copyOf(curve),
                stop,
                sameBits,
                OfflineAverage.accuracy(folder.offlineAverage(), test));
    }

    @Override
    public void close() {
        progress.close();
    }

    /** Trains up to an epoch; after each, tests and saves. */
    private void watch(Training training, int last) throws IOException {
        while (training.epoch() < last) {
            double loss = training.learn(progress::stepDone);
            Epoch epoch =
                    new Epoch(training.epoch(), loss, training.rawAccuracy(test), training.averagedAccuracy(test));
            curve.add(epoch);
            progress.say("raw " + percent(epoch.raw()) + ", averaged " + percent(epoch.averaged()));
            training.save(folder);
        }
    }
}
