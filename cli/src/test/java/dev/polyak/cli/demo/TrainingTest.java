package dev.polyak.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.Device;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.StandIn;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {
    private static final Digits DIGITS = Digits.read();

    private final Digits digits = DIGITS.training();
    private final Batch test = DIGITS.test().all();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void learnsAndGainsByAveraging(long seed) {
        try (Training training = Training.begin(digits, seed, Device.cpu())) {
            double raw = 0;
            double averaged = 0;
            int last = 8;
            for (int epoch = 1; epoch <= 20; epoch++) {
                training.learn(() -> {});
                if (epoch > 20 - last) {
                    raw += training.rawAccuracy(test) / last;
                    averaged += training.averagedAccuracy(test) / last;
                }
            }

            assertThat(raw).isGreaterThan(0.9);
            assertThat(averaged).isGreaterThan(0.93).isGreaterThan(raw);
        }
    }

    @Test
    void learnsLessLossWithEachOfTheFirstEpochs() {
        try (Training training = Training.begin(digits, 1, Device.cpu())) {
            double first = training.learn(() -> {});
            double second = training.learn(() -> {});

            assertThat(first).isBetween(0.5, Math.log(Digits.CLASSES));
            assertThat(second).isLessThan(first / 2);
        }
    }

    @Test
    void givesTheSameBitsForTheSameSeedOnly() {
        try (Training one = trained(7, 2);
                Training other = trained(7, 2);
                Training third = trained(8, 2)) {
            assertThat(one.hasSameBitsAs(other)).isTrue();
            assertThat(one.hasSameBitsAs(third)).isFalse();
            other.learn(() -> {});
            assertThat(one.hasSameBitsAs(other)).isFalse();
        }
    }

    /** On every machine and JDK. After a change of the network or its settings the number is to be replaced. */
    @Test
    void givesTheSameBitsEverywhere() throws IOException {
        RunFolder files = new RunFolder(folder);
        try (Training training = trained(1, 2)) {
            training.save(files);
        }

        assertThat(List.of(crc(files.model(2)), crc(files.optimizer(2)), crc(files.average(2))))
                .containsExactly("1d8531a5", "857548da", "c99e9337");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void goesOnInTheSameBitsFromEachEpoch(int stop) throws CheckpointException {
        RunFolder files = new RunFolder(folder);
        try (Training training = trained(5, stop)) {
            training.save(files);
        }

        try (Training resumed = Training.resume(digits, files, stop, Device.cpu());
                Training uninterrupted = trained(5, 4)) {
            assertThat(resumed.epoch()).isEqualTo(stop);
            while (resumed.epoch() < 4) {
                resumed.learn(() -> {});
            }
            assertThat(resumed.hasSameBitsAs(uninterrupted)).isTrue();
        }
    }

    @Test
    void swapsTheAverageInForItsEvaluationOnly() {
        try (Training tested = trained(3, 1);
                Training untested = trained(3, 1)) {
            double raw = tested.rawAccuracy(test);
            double averaged = tested.averagedAccuracy(test);

            assertThat(averaged).isNotEqualTo(raw);
            assertThat(tested.rawAccuracy(test)).isEqualTo(raw);
            assertThat(tested.hasSameBitsAs(untested)).isTrue();
        }
    }

    @Test
    void averagesInTheSameBitsOnAGpuAndGoesOnThere() throws CheckpointException {
        StandIn.require();
        RunFolder files = new RunFolder(folder);
        try (Training onCpu = trained(3, 1);
                Training onGpu = Training.begin(digits, 3, Device.cuda(0))) {
            onGpu.learn(() -> {});
            assertThat(CudaMemory.allocated(0)).isPositive();
            double averaged = onCpu.averagedAccuracy(test);

            assertThat(onGpu.averagedAccuracy(test)).isEqualTo(averaged);
            assertThat(onGpu.rawAccuracy(test))
                    .isEqualTo(onCpu.rawAccuracy(test))
                    .isNotEqualTo(averaged);
            assertThat(onGpu.hasSameBitsAs(onCpu)).isTrue();
            onCpu.save(files);
            onCpu.learn(() -> {});
            try (Training resumed = Training.resume(digits, files, 1, Device.cuda(1))) {
                resumed.learn(() -> {});
                assertThat(resumed.hasSameBitsAs(onCpu)).isTrue();
            }
        }
        assertThat(CudaMemory.live(0)).isEmpty();
        assertThat(CudaMemory.live(1)).isEmpty();
    }

    @Test
    void tellsOfEachStep() {
        int[] steps = {0};
        try (Training training = Training.begin(digits, 1, Device.cpu())) {
            training.learn(() -> steps[0]++);
        }

        assertThat(steps[0]).isEqualTo(Training.steps(digits)).isEqualTo(20);
    }

    private static String crc(Path file) throws CheckpointException {
        CRC32 crc = new CRC32();
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            List<String> names = checkpoint.store().layout().tensors().stream()
                    .map(TensorSpec::name)
                    .sorted()
                    .toList();
            for (String name : names) {
                crc.update(checkpoint.store().segment(name).toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return Long.toHexString(crc.getValue());
    }

    private Training trained(long seed, int epochs) {
        Training training = Training.begin(digits, seed, Device.cpu());
        while (training.epoch() < epochs) {
            training.learn(() -> {});
        }
        return training;
    }
}
