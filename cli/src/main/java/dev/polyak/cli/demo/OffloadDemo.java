package dev.polyak.cli.demo;

import dev.polyak.Device;
import dev.polyak.ParameterAverage;
import dev.polyak.UpdateTicket;
import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.SavedAverage;
import dev.polyak.cuda.CudaStream;
import dev.polyak.offload.Offload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The demonstration of an average off the device. The training is the usual one, with its usual average; beside it, a
 * second average in host memory follows the same steps in the background, and its times are noted.
 *
 * <p>On a GPU, each step's weights are copied to the model there, on a stream that waits at the update's gate as an
 * optimizer's would. Without one the model is the network's own store, and an update returns when it is copied.
 */
final class OffloadDemo implements AutoCloseable {
    /** With two a ticket tells of its update until the next but one, and the next copy overlaps the fold. */
    private static final int STAGINGS = 2;

    private final RunFolder folder;
    private final int epochs;
    private final long seed;
    private final Device.Choice choice;
    private final Training training;
    private final AveragedModel model;
    private final ParameterAverage average;
    private final @Nullable CudaStream stream;
    private final ProgressLine progress;
    private final List<Step> steps = new ArrayList<>();
    private UpdateTicket latest = UpdateTicket.DONE;
    private long begun; // the latest step: its training
    private long trained; // its call of the update
    private long returned; // from it

    /**
     * Gets ready.
     *
     * @param folder where the files go
     * @param epochs how often to learn from every digit
     * @param seed decides all that is random
     * @param choice where the model is, and why there
     */
    OffloadDemo(RunFolder folder, int epochs, long seed, Device.Choice choice) {
        this.folder = folder;
        this.epochs = epochs;
        this.seed = seed;
        this.choice = choice;
        Digits digits = Digits.read().training();
        Device device = choice.device();
        training = Training.begin(digits, seed, Device.cpu());
        model = new AveragedModel(training.weights(), device);
        average = ParameterAverage.builder(model.store())
                .rule(training.average().rule())
                .device(Device.cpu())
                .offload(Offload.GATED.withStagings(STAGINGS))
                .build();
        stream = device.equals(Device.cpu()) ? null : CudaStream.create(device.index());
        progress = new ProgressLine((long) epochs * Training.steps(digits));
    }

    OffloadOutcome run() throws CheckpointException {
        begun = System.nanoTime();
        while (training.epoch() < epochs) {
            training.learn(this::stepDone);
        }
        note();
        SavedAverage.save(folder.offloadedAverage(), average, Map.of());
        return new OffloadOutcome(seed, choice, List.copyOf(steps), training.averageHasSameBitsAs(average));
    }

    private void stepDone() {
        long now = System.nanoTime();
        UpdateTicket next = stream == null ? average.update() : updateOnGpu(stream);
        long then = System.nanoTime();
        note(); // the step before, whose update has ended or is about to
        latest = next;
        trained = now;
        returned = then;
        progress.stepDone();
    }

    private UpdateTicket updateOnGpu(CudaStream queue) {
        latest.gate(queue);
        model.takeFromNetwork(queue);
        return average.update(queue);
    }

    /** Notes the latest step when its update has ended; the next begins then. */
    private void note() {
        if (!latest.equals(UpdateTicket.DONE)) { // there is one
            try {
                latest.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("the thread was interrupted while an average was updated", e);
            }
            steps.add(new Step(begun, trained, returned, latest.times()));
            begun = returned;
        }
    }

    @Override
    public void close() {
        progress.close();
        average.close();
        if (stream != null) {
            stream.close();
        }
        model.close();
        training.close();
    }
}
