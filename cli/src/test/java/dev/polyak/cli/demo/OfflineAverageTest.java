package dev.polyak.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polyak.Device;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.cli.Main;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineAverageTest {
    @TempDir
    private Path folder;

    @Test
    void isTheMeanOfParametersAndStatistics() throws IOException {
        RunFolder files = trained();

        OfflineAverage.write(
                List.of(files.model(1), files.model(2), files.model(3)), files.offlineAverage(), Device.cpu());

        try (Checkpoint one = Checkpoint.open(files.model(1));
                Checkpoint two = Checkpoint.open(files.model(2));
                Checkpoint three = Checkpoint.open(files.model(3));
                Checkpoint mean = Checkpoint.open(files.offlineAverage())) {
            for (TensorSpec tensor : mean.store().layout().tensors()) {
                if (tensor.dtype() == DType.F32) {
                    Tensor actual = Tensor.of(mean.store(), tensor.name());
                    for (int i = 0; i < actual.size(); i++) {
                        float sum = Tensor.of(one.store(), tensor.name()).get(i)
                                + Tensor.of(two.store(), tensor.name()).get(i)
                                + Tensor.of(three.store(), tensor.name()).get(i);
                        assertThat(actual.get(i)).as(tensor.name()).isCloseTo(sum / 3, within(1e-5f));
                    }
                } else {
                    assertThat(mean.store().segment(tensor.name()).get(ValueLayout.JAVA_LONG_UNALIGNED, 0))
                            .isEqualTo(60);
                }
            }
        }
        assertThat(OfflineAverage.accuracy(
                        files.offlineAverage(), Digits.read().test().all()))
                .isGreaterThan(0.9);
    }

    @Test
    void isWhatTheAverageCommandGives() throws IOException {
        RunFolder files = trained();
        Path byCommand = folder.resolve("by-command.safetensors");
        ByteArrayOutputStream err = new ByteArrayOutputStream();

        OfflineAverage.write(
                List.of(files.model(1), files.model(2), files.model(3)), files.offlineAverage(), Device.cpu());
        int status = Main.run(
                OutputStream.nullOutputStream(),
                err,
                "average",
                "--swa",
                "--buffers",
                "average",
                "-o",
                byCommand.toString(),
                files.model(1).toString(),
                files.model(2).toString(),
                files.model(3).toString());

        assertThat(status).as(err.toString(StandardCharsets.UTF_8)).isZero();
        try (Checkpoint offline = Checkpoint.open(files.offlineAverage());
                Checkpoint command = Checkpoint.open(byCommand)) {
            for (TensorSpec tensor : offline.store().layout().tensors()) {
                assertThat(offline.store()
                                .segment(tensor.name())
                                .mismatch(command.store().segment(tensor.name())))
                        .as(tensor.name())
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void failsWhereACheckpointIsMissing() {
        Path missing = folder.resolve("epoch-001.safetensors");

        assertThatThrownBy(
                        () -> OfflineAverage.write(List.of(missing), folder.resolve("out.safetensors"), Device.cpu()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("epoch-001.safetensors");
        assertThat(folder).isEmptyDirectory();
    }

    /** A folder with the checkpoints of three epochs. */
    private RunFolder trained() throws IOException {
        RunFolder files = new RunFolder(folder);
        try (Training training = Training.begin(Digits.read().training(), 1, Device.cpu())) {
            for (int epoch = 1; epoch <= 3; epoch++) {
                training.learn(() -> {});
                training.save(files);
            }
        }
        return files;
    }
}
