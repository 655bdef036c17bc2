package dev.polyak.checkpoint.framework;

import static dev.polyak.checkpoint.Trained.LAYOUT;
import static dev.polyak.checkpoint.Trained.requireSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.polyak.AverageCounters;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.Trained;
import dev.polyak.checkpoint.framework.scheme.StateScheme;
import dev.polyak.frameworks.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiffusersFolderTest {
    private static final String RULE =
            "diffusers.EMAModel(model.parameters(), decay=0.9, min_decay=1e-5, update_after_step=1,"
                    + " use_ema_warmup=True, inv_gamma=2, power=3/4)";

    @TempDir
    Path folder;

    @Test
    void holdsArgumentsAndStepInItsConfig() throws IOException {
        write(4);
        assertThat(config())
                .hasContent("{\"optimization_step\":4,\"update_after_step\":1,\"decay\":0.9,\"min_decay\":1.0E-5,"
                        + "\"inv_gamma\":2.0,\"power\":0.75,\"use_ema_warmup\":true}");
        assertThat(files()).containsExactly("config.json", "diffusion_pytorch_model.safetensors");
        try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(ema())) {
            String text = saved.ruleText().orElseThrow();
            assertThat(text)
                    .isEqualTo("diffusers.EMAModel(model.parameters(), decay=0.9, min_decay=1.0E-5,"
                            + " update_after_step=1, use_ema_warmup=True, inv_gamma=2.0, power=0.75)");
            assertThat(Rules.parse(text).rule().rule())
                    .isEqualTo(Rules.parse(RULE).rule().rule());
            assertThat(saved.counted()).hasValue(4);
            assertThat(saved).hasToString(ema() + ": diffusers");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EMAModel(model)",
                "EMAModel(model.parameters(), 0.9, 0.1, 5, True, 2, 0.5)",
                "EMAModel(parameters=model.parameters(), decay=0.5, foreach=True, max_value=0.7, min_value=0.2)",
                "EMAModel(model.parameters(), use_ema_warmup=False).step(model.parameters())",
            })
    void everyFormOfTheCallIsKept(String rule) throws IOException {
        try (Trained trained = Trained.begin(rule)) {
            FrameworkCheckpoint.write(ema(), StateScheme.DIFFUSERS, trained.average());
        }
        try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(ema())) {
            String text = saved.ruleText().orElseThrow();
            String foreach = text.replace(")", ", foreach=True)").replace("parameters(, foreach=True)", "parameters()");
            assertThat(Rules.parse(rule).rule().rule())
                    .isIn(
                            Rules.parse(text).rule().rule(),
                            Rules.parse(foreach).rule().rule());
        }
    }

    @Test
    void theModelsOwnConfigStaysAsItIs() throws IOException {
        Files.createDirectories(ema());
        Files.writeString(
                config(), "{\"_class_name\": \"UNet2DModel\", \"decay\": 3, \"channels\": [1, {\"a\": null}]}");
        write(4);
        assertThat(config())
                .content()
                .startsWith("{\"_class_name\":\"UNet2DModel\",\"channels\":[1,{\"a\":null}],\"optimization_step\"");
        write(5);
        assertThat(config())
                .content()
                .startsWith("{\"_class_name\":\"UNet2DModel\",\"channels\":[1,{\"a\":null}],\"optimization_step\":5,");
    }

    @Test
    void aModelsFolderIsAnAverageOfDefaultsIfOneSaysSo() throws IOException {
        Files.createDirectories(ema());
        Files.writeString(config(), "{}");
        try (ParameterStore model = Trained.model(LAYOUT)) {
            Checkpoint.save(tensors(), model, Map.of());
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> FrameworkCheckpoint.open(ema()))
                    .withMessageStartingWith("'" + ema() + "' has no average under the names of any of");
            try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(ema(), StateScheme.DIFFUSERS);
                    ParameterAverage resumed = saved.resume(
                            model, Rules.parse(saved.ruleText().orElseThrow()).rule())) {
                assertThat(resumed.counters()).isEqualTo(AverageCounters.ZERO);
                requireSame(saved.average().orElseThrow(), model);
            }
        }
    }

    @Test
    void aFolderOfTwoStepsIsFoundOut() throws IOException {
        write(4);
        String config = Files.readString(config());
        write(5);
        Files.writeString(config(), config);
        assertRefused("'" + ema() + "' was not written to its end: 'diffusion_pytorch_model.safetensors' is of step 5,"
                + " 'config.json' of step 4; set its optimization_step to the former, or save the folder again");
    }

    @Test
    void aFailedWriteLeavesTheFolderAsItWas() throws IOException {
        write(4);
        byte[] before = Files.readAllBytes(tensors());
        Files.writeString(config(), "{\"broken");
        assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> write(5));
        assertThat(Files.readAllBytes(tensors())).isEqualTo(before);
        assertThat(files()).containsExactly("config.json", "diffusion_pytorch_model.safetensors");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"optimization_step": 4.5}   | the entry 'optimization_step' of 'CONFIG' is not a whole number; correct it, or save the folder again
            {"decay": "0.9"}             | the entry 'decay' of 'CONFIG' is not a number; correct it, or save the folder again
            {"use_ema_warmup": 1}        | the entry 'use_ema_warmup' of 'CONFIG' is not true or false; correct it, or save the folder again
            {"decay": 0.9, "decay": 0.8} | 'CONFIG' has two entries for 'decay'; the file is damaged, so save or download it again
            [1]                          | 'CONFIG' is not a JSON object; the file is damaged, so save or download it again
            {"a":                        | 'CONFIG' cannot be parsed as JSON at character 5; the file is damaged, so save or download it again
            {"optimization_step": -1}    | 'FOLDER' has 'config.optimization_step' as I64 [] where it should be one whole number from 0 to 4294967296, in I64 or I32; save it again
            """)
    void aConfigOfAnotherKindIsRefused(String json, String sentence) throws IOException {
        write(4);
        Files.writeString(config(), json);
        assertRefused(sentence.replace("CONFIG", config().toString()).replace("FOLDER", ema().toString()));
    }

    @Test
    void aFileThatIsMissingIsNamed() throws IOException {
        write(4);
        Files.delete(tensors());
        assertRefused("'" + tensors() + "' cannot be read: there is no such file; check the path and its permissions");
        Files.delete(config());
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> FrameworkCheckpoint.open(ema(), StateScheme.DIFFUSERS))
                .withMessage(
                        "'" + config() + "' cannot be read: there is no such file; check the path and its permissions");
    }

    @Test
    void anOlderShardedCheckpointIsNotLeftInTheWay() throws IOException {
        write(4);
        Files.writeString(ema().resolve("diffusion_pytorch_model.safetensors.index.json"), "{}");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> write(5))
                .withMessage("'" + ema() + "' has a sharded checkpoint, which would be read instead of"
                        + " 'diffusion_pytorch_model.safetensors'; choose another folder, or delete it");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Files.writeString(ema(), "");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> write(4))
                .withMessageMatching("the folder '.*unet_ema' cannot be made: .*; check the path");
    }

    private void assertRefused(String sentence) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> FrameworkCheckpoint.open(ema()))
                .withMessage(sentence);
    }

    private void write(int steps) throws IOException {
        try (Trained trained = Trained.begin(RULE).step(0, steps)) {
            FrameworkCheckpoint.write(ema(), StateScheme.DIFFUSERS, trained.average());
        }
    }

    private Stream<String> files() throws IOException {
        try (Stream<Path> files = Files.list(ema())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    private Path ema() {
        return folder.resolve("unet_ema");
    }

    private Path config() {
        return ema().resolve("config.json");
    }

    private Path tensors() {
        return ema().resolve("diffusion_pytorch_model.safetensors");
    }
}
