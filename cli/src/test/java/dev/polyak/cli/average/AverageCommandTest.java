package dev.polyak.cli.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.SavedAverage;
import dev.polyak.cli.Cli;
import dev.polyak.cli.TestFile;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.Role;
import dev.polyak.testkit.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the options mean, on numbers that can be computed in one's head. */
class AverageCommandTest {
    @TempDir
    private Path folder;

    private Path out;
    private final List<Object> files = new ArrayList<>();

    /** Five files in which everything is 0, 8, 16, 24, 32. */
    @BeforeEach
    void writeFiles() throws IOException {
        out = folder.resolve("average.safetensors");
        for (int k = 0; k < 5; k++) {
            files.add(TestFile.of("weight", 8 * k)
                    .with("norm.running_mean", 8 * k)
                    .with("norm.num_batches_tracked", DType.I64, 8 * k)
                    .metadata(Map.of("format", "mlx", "polyak.note", "of another average"))
                    .write(folder.resolve("step-" + k + ".safetensors")));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --ema 0.5                              | 24.5
            --ema 0.5 --every 2                    | 20
            --ema 0.5 --start 3                    | 26
            --ema 0.5 --start 3 --every 2          | 24
            --ema 0.5 --start 9                    | 32
            --momentum 0.25                        | 15.59375
            --half-life 1                          | 24.5
            --half-life 2 --every 2                | 20
            --cosine 0.5:1:2                       | 7
            --cosine 0.5:1:2 --start 3             | 23
            --swa                                  | 16
            --swa --order mean --every 2           | 16
            --weights 1,0,0,0,3                    | 24
            --weights 0,0,0,0,3                    | 32
            --weights 1,3,4 --every 2              | 22
            --ema 0.5 --warmup ramp                | 28.004
            --ema 0.5 --warmup inverse-gamma:1:1   | 24.5
            --ema 0.5 --warmup inverse-gamma:9:1:0.25 | 28.731
            --momentum 0.5 --warmup linear:1:4     | 26.444
            --momentum 0.5 --warmup annealing:4    | 25.6
            """)
    void weighsFilesByTheRule(String options, double expected) throws IOException {
        assertThat(average(options).status()).isZero();

        assertThat(TestFile.read(out, "weight").get(0)).isCloseTo(expected, within(0.001));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --ema 0.5                                           | 32   | 32
            --ema 0.5 --every 3                                 | 32   | 32
            --ema 0.5 --buffers average                         | 24.5 | 32
            --ema 0.5 --buffers average --integers truncate     | 24.5 | 24
            --ema 0.5 --buffers average --integers freeze       | 24.5 | 0
            --ema 0.5 --buffers freeze                          | 0    | 0
            --ema 0.5 --buffers freeze --start 2                | 8    | 8
            --ema 0.5 --buffers freeze --integers copy          | 0    | 32
            """)
    void treatsBuffersAsToldTo(String options, double mean, double count) throws IOException {
        assertThat(average(options).status()).isZero();

        assertThat(TestFile.read(out, "norm.running_mean")).containsExactly(mean);
        assertThat(TestFile.read(out, "norm.num_batches_tracked")).containsExactly(count);
    }

    @Test
    void takesMoreTensorsForBuffersByPattern() throws IOException {
        assertThat(average("--ema 0.5 --buffer-pattern wei*").err()).isEmpty();

        assertThat(TestFile.read(out, "weight")).containsExactly(32.0);
        try (Checkpoint average = Checkpoint.open(out)) {
            assertThat(average.store().layout().tensors()).extracting("role").containsOnly(Role.BUFFER);
        }
    }

    @Test
    void warnsOfAPatternThatAddsNothing() {
        assertThat(average("--ema 0.5 --buffer-pattern wat*").err())
                .isEqualTo("polyak: warning: --buffer-pattern 'wat*' adds no tensor to the buffers\n");
    }

    @Test
    void warnsIfNothingIsAveraged() throws IOException {
        assertThat(average("--ema 0.5 --start 9").err())
                .isEqualTo(
                        "polyak: warning: nothing was averaged: with --every 1 and --start 9, none of the 5 files is an update\n");

        assertThat(TestFile.read(out, "weight")).containsExactly(32.0);
    }

    @Test
    void refusesAWeightThatCannotBeBeforeTheOutputBegins() {
        Cli refused = Cli.run("average", "--as", "optax.ema(decay=1.0)", "-o", out, files.get(0), files.get(1));
        assertThat(refused.err())
                .isEqualToIgnoringNewLines("polyak: the rule optax.ema(decay=1.0) says that its average is"
                        + " divided by 0.0 after 1 call: debiasing must be a finite number other than 0; nothing has"
                        + " changed");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(out).doesNotExist();
    }

    @Test
    void copiesASingleFile() throws IOException {
        assertThat(Cli.run("average", "--ema", "0.9", "-o", out, files.get(3)).err())
                .isEmpty();

        assertThat(TestFile.read(out, "weight")).containsExactly(24.0);
    }

    @Test
    void leavesAFileThatResumes() throws IOException {
        average("--ema 0.5 --warmup ramp --every 2 --buffers average --integers truncate");

        try (SavedAverage saved = SavedAverage.open(out)) {
            ScheduledRule rule = (ScheduledRule) saved.rule();
            assertThat(rule.schedule()).hasToString("decay(0.5).warmup(ramp)");
            assertThat(rule.every()).isEqualTo(2);
            assertThat(rule.integers()).isEqualTo(IntegerPolicy.TRUNCATE);
            assertThat(saved.counters().calls()).isEqualTo(4);
            assertThat(saved.counters().updates()).isEqualTo(2);
            assertThat(saved.metadata()).containsEntry("format", "mlx").doesNotContainKey("polyak.note");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --dtype keep                   | BF16 | 1
            --dtype f32                    | F32  | 1.000244140625
            --dtype f64                    | F64  | 1.000244140625
            --dtype f16                    | F16  | 1
            --accumulate f32               | BF16 | 1
            --dtype f16 --accumulate f32   | F16  | 1
            --dtype f32 --accumulate f64   | F32  | 1.000244140625
            """)
    void keepsTheAverageInTheTypeAskedFor(String options, DType type, double expected) throws IOException {
        int one = 0x3f80;
        Object first = TestFile.of("buffer.running_mean", 1)
                .with("weight", DType.BF16, one)
                .write(folder.resolve("a.safetensors"));
        Object second = TestFile.of("buffer.running_mean", 1)
                .with("weight", DType.BF16, one + 1)
                .write(folder.resolve("b.safetensors"));
        files.clear();
        files.addAll(List.of(first, second)); // 1 and 1 + 2^-7; a step of 2^-5 of the way is 2^-12

        assertThat(average("--momentum 0.03125 " + options).status()).isZero();

        assertThat(TestFile.read(out, "weight")).containsExactly(expected);
        try (Checkpoint average = Checkpoint.open(out)) {
            assertThat(average.store()
                            .layout()
                            .tensor(average.store().layout().indexOf("weight"))
                            .dtype())
                    .isEqualTo(type);
        }
    }

    @Test
    void accumulatesInF32AndRoundsOnce() throws IOException {
        files.clear();
        for (int k = 0; k < 40; k++) {
            files.add(TestFile.of("x.running_mean", 1)
                    .with("weight", DType.BF16, k == 0 ? 0x3f80 : 0x4000)
                    .write(folder.resolve(k + ".safetensors")));
        }
        assertThat(average("--ema 0.999").err())
                .isEqualTo(
                        "polyak: warning: a BF16 average hardly moves with weights as small as 0.001: add --dtype f32 or --accumulate f32\n");
        assertThat(TestFile.read(out, "weight")).containsExactly(1.0);

        assertThat(average("--ema 0.999 --accumulate f32").err()).isEmpty();
        assertThat(TestFile.read(out, "weight").get(0)).isCloseTo(1.0383, within(0.004));
    }

    @Test
    void matchesNamesWithoutThePrefixesOfFrameworks() throws IOException {
        Path plain = TestFile.of("weight", 2).with("bias", 4).write(folder.resolve("plain.safetensors"));
        Path wrapped = TestFile.of("module._orig_mod.bias", 8)
                .with("module._orig_mod.weight", 6)
                .write(folder.resolve("wrapped.safetensors"));

        assertThat(Cli.run("average", "--swa", "-o", out, plain, wrapped).err()).isEmpty();

        assertThat(TestFile.read(out, "weight")).containsExactly(4.0);
        assertThat(TestFile.read(out, "bias")).containsExactly(6.0);
    }

    @Test
    void readsShardedCheckpoints() throws IOException {
        Path shards = Files.createDirectory(folder.resolve("shards"));
        TestFile.of("weight", 2).write(shards.resolve("model-1.safetensors"));
        TestFile.of("bias", 4).write(shards.resolve("model-2.safetensors"));
        Path index = Files.writeString(shards.resolve("model.safetensors.index.json"), """
                {"weight_map": {"weight": "model-1.safetensors", "bias": "model-2.safetensors"}}
                """);
        Path single = TestFile.of("weight", 6).with("bias", 8).write(folder.resolve("single.safetensors"));

        assertThat(Cli.run("average", "--swa", "-o", out, shards, single, index).err())
                .isEmpty();

        assertThat(TestFile.read(out, "weight").get(0)).isCloseTo(10 / 3.0, within(1e-6));
        assertThat(TestFile.read(out, "bias").get(0)).isCloseTo(16 / 3.0, within(1e-6));
    }

    @Test
    void replacesAnOlderOutput() throws IOException {
        Files.writeString(out, "something else");

        assertThat(average("--swa").status()).isZero();

        assertThat(TestFile.read(out, "weight")).containsExactly(16.0);
    }

    @Test
    void saysWhatItDid() {
        Cli result = average("--ema 0.5 --every 2");

        assertThat(result.out())
                .startsWith(
                        out
                                + ": the average of 5 files in 2 updates by decay(0.5), order lerp\n3 tensors, 1 parameter, 16 bytes in ")
                .hasLineCount(2);
    }

    @Test
    void saysItInJsonToo() {
        Cli result = average("--ema 0.5 --every 2 --json --buffer-pattern wat*");

        JsonValue json = result.json();
        assertThat(result.out()).hasLineCount(1);
        assertThat(json.get("output").value()).isEqualTo(out.toString());
        assertThat(json.get("files").list()).hasSize(5);
        assertThat(json.get("schedule").value()).isEqualTo("decay(0.5)");
        assertThat(json.get("order").value()).isEqualTo("lerp");
        assertThat(json.get("updates").value()).isEqualTo(2);
        assertThat(json.get("tensors").value()).isEqualTo(3);
        assertThat(json.get("parameters").value()).isEqualTo(1);
        assertThat(json.get("bytes_read").value()).isEqualTo(48);
        assertThat(json.get("bytes_written").value()).isEqualTo(16);
        assertThat(json.get("warnings").list()).hasSize(1);
    }

    private Cli average(String options) {
        List<Object> arguments = new ArrayList<>(List.of("average"));
        arguments.addAll(List.of(options.split(" +")));
        arguments.addAll(List.of("-o", out));
        arguments.addAll(files);
        return Cli.run(arguments.toArray());
    }
}
