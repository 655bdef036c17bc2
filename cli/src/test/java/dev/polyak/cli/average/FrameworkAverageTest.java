package dev.polyak.cli.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.Device;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.SavedAverage;
import dev.polyak.cli.Cli;
import dev.polyak.cli.TestFile;
import dev.polyak.tensor.DType;
import dev.polyak.testkit.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code polyak average --as} leaves behind, beyond the numbers. */
class FrameworkAverageTest {
    @TempDir
    private Path folder;

    private final List<Path> files = new ArrayList<>();
    private Path out;

    @BeforeEach
    void writeFiles() throws IOException {
        for (int i = 0; i < 5; i++) {
            files.add(TestFile.of("weight", i, 1).write(folder.resolve("step-" + i + ".safetensors")));
        }
        out = folder.resolve("out.safetensors");
    }

    @Test
    void leavesAFileThatResumes() throws IOException {
        average("timm.ModelEmaV3(model, decay=0.5)", "--every", 2);

        try (SavedAverage saved = SavedAverage.open(out);
                Checkpoint model = Checkpoint.open(files.get(4));
                ParameterStore online = ParameterStore.allocate(model.store().layout(), Device.cpu());
                ParameterAverage average = saved.resume(online)) {
            assertThat(average.rule()).hasToString("timm.ModelEmaV3(model, decay=0.5)");
            assertThat(average.counters().calls()).isEqualTo(4);
        }
    }

    @Test
    void writesEachOfSeveralAverages() throws IOException {
        JsonValue json = average("edm2.PowerFunctionEMA(net, stds=[0.05, 0.2])", "--json")
                .json();

        Path narrow = folder.resolve("out-0.050.safetensors");
        Path wide = folder.resolve("out-0.200.safetensors");
        assertThat(json.get("outputs").list()).isEqualTo(List.of(narrow.toString(), wide.toString()));
        assertThat(json.get("rule").value()).isEqualTo("edm2.PowerFunctionEMA(net, stds=[0.05, 0.2])");
        assertThat(out).doesNotExist();
        assertThat(TestFile.read(narrow, "weight").get(0))
                .isGreaterThan(TestFile.read(wide, "weight").get(0));
        assertThat(average("edm2.PowerFunctionEMA(net, stds=[0.05, 0.2])").out())
                .contains(
                        "out-0.050.safetensors: the average of 5 files in 4 updates by edm2.PowerFunctionEMA(net, stds=[0.05, 0.2])")
                .contains("out-0.200.safetensors: the average of 5 files");
    }

    @Test
    void writesNoneOfSeveralIfOneCannotBe() throws IOException {
        Path wide = folder.resolve("step-0.200.safetensors");
        files.set(1, Files.move(files.get(1), wide));

        Cli result = average("edm2.PowerFunctionEMA(net, stds=[0.05, 0.2])", "-o", folder.resolve("step.safetensors"));

        assertThat(result.err()).startsWith("polyak: the output '" + wide + "' is the input '" + wide + "'");
        assertThat(folder.resolve("step-0.050.safetensors")).doesNotExist();
    }

    @Test
    void doesNotResumeADebiasedValue() throws IOException {
        average("optax.ema(decay=0.5)");

        assertThat(TestFile.read(out, "weight").get(1)).isEqualTo(1);
        try (SavedAverage saved = SavedAverage.open(out)) {
            assertThat(saved.metadata()).containsEntry(SavedAverage.DEBIASED, "0.9375");
            assertThatThrownBy(() -> saved.resume(saved.store()))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(
                            "has the debiased value of its average, which is for use and cannot be continued");
        }
        average("optax.ema(decay=0.5, debias=False)");
        try (SavedAverage saved = SavedAverage.open(out)) {
            assertThat(saved.metadata()).doesNotContainKey(SavedAverage.DEBIASED);
        }
    }

    @Test
    void keepsTheTypeThatTheSystemKeeps() throws IOException {
        Path narrow = TestFile.of("scale", 1).with("w", DType.BF16, 0x3f80).write(folder.resolve("n.safetensors"));
        files.clear();
        files.addAll(List.of(narrow, narrow));

        average("e.lerp_(p.float(), 0.1)");
        assertThat(typeOf("w")).isEqualTo(DType.F32);
        average("e.lerp_(p.float(), 0.1)", "--dtype", "keep");
        assertThat(typeOf("w")).isEqualTo(DType.BF16);
    }

    @Test
    void warnsOfWhatDoesNothing() throws IOException {
        assertThat(average("ema_pytorch.EMA(model)").err())
                .isEqualTo(
                        "polyak: warning: nothing was averaged: with ema_pytorch.EMA(model), none of the 5 files is an"
                                + " update\n");
    }

    @Test
    void saysWhatCannotBeSynthesized() throws IOException {
        String stored = "PostHocEMA(model, gammas=(7, 9), update_every=1, checkpoint_every_num_steps=3)";
        assertThat(average(stored + ".synthesize_ema_model(gamma=8, step=4)").err())
                .isEqualTo(
                        "polyak: synthesize_ema_model can go to steps from 1 to 3, when the averages are stored last, not to 4\n");
        assertThat(average(stored + ".synthesize_ema_model(gamma=8)", "--every", 2)
                        .err())
                .isEqualTo(
                        "polyak: PostHocEMA stores its averages every 3 calls, but there are only 2; add files, or lower"
                                + " checkpoint_every_num_steps\n");
        assertThat(average(stored + ".synthesize_ema_model(gamma=8)", "--dtype", "f32")
                        .err())
                .startsWith("polyak: --dtype and --accumulate do not go with synthesize_ema_model");
        Path mixed = TestFile.of("a", 1).with("b", DType.F64, 1).write(folder.resolve("mixed.safetensors"));
        files.replaceAll(file -> mixed);
        assertThat(average(stored + ".synthesize_ema_model(gamma=8)").err())
                .startsWith("polyak: PostHocEMA is followed for models of one floating-point type, not of ");
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "mixed.safetensors",
                        "step-0.safetensors",
                        "step-1.safetensors",
                        "step-2.safetensors",
                        "step-3.safetensors",
                        "step-4.safetensors");
    }

    @Test
    void leavesNothingOfASynthesisButItsResult() throws IOException {
        Cli result = average(
                "PostHocEMA(model, gammas=(7, 9), update_every=1, checkpoint_every_num_steps=2).synthesize_ema_model(gamma=8)");

        assertThat(result.err()).isEmpty();
        assertThat(names()).hasSize(6).contains("out.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(out)) {
            assertThat(checkpoint.metadata())
                    .containsEntry("polyak.gamma", "8.0")
                    .containsEntry("polyak.time", "4.0");
        }
        assertThatThrownBy(() -> SavedAverage.open(out)).hasMessageContaining("is not a saved average");
    }

    private Cli average(String call, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("average", "--as", call));
        arguments.addAll(List.of(more));
        if (!arguments.contains("-o")) {
            arguments.addAll(List.of("-o", out));
        }
        arguments.addAll(files);
        return Cli.run(arguments.toArray());
    }

    private DType typeOf(String tensor) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(out)) {
            return checkpoint
                    .store()
                    .layout()
                    .tensor(checkpoint.store().layout().indexOf(tensor))
                    .dtype();
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).toList();
        }
    }
}
