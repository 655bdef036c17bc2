package dev.polyak.cli.average;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cli.Cli;
import dev.polyak.cli.TestFile;
import dev.polyak.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be done: one sentence, the right exit status, and nothing left behind. */
class AverageErrorsTest {
    @TempDir
    private Path folder;

    private Path a;
    private Path b;
    private Path out;

    @BeforeEach
    void writeFiles() throws IOException {
        a = TestFile.of("weight", 1, 2).with("bias", 3).write(folder.resolve("a.safetensors"));
        b = TestFile.of("weight", 3, 4).with("bias", 5).write(folder.resolve("b.safetensors"));
        out = folder.resolve("out.safetensors");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                             | choose one of --as, --ema, --momentum, --half-life, --cosine, --swa and --weights
            --ema 0.9 --swa                | choose one of --as, --ema, --momentum, --half-life, --cosine, --swa and --weights
            --ema 0.9 --ema 0.99           | option '--ema' (DECAY) should be specified only once
            --ema 1.5                      | the decay must be between 0 and 1, not 1.5
            --ema much                     | invalid value for option '--ema': 'much' is not a double
            --momentum -1                  | the momentum must be between 0 and 1, not -1.0
            --half-life 0                  | the half-life must be a positive number, not 0.0
            --cosine 0.9:1                 | invalid value for option '--cosine': '0.9:1' is no cosine; write FROM:TO:STEPS, such as 0.996:1:10000
            --cosine 0.9:1:x               | invalid value for option '--cosine': '0.9:1:x' is no cosine; write FROM:TO:STEPS, such as 0.996:1:10000
            --cosine 0.9:2:5               | invalid value for option '--cosine': the last decay of a cosine must be between 0 and 1, not 2.0
            --weights 1,x                  | invalid value for option '--weights': 'x' is not a number
            --weights 1,2,3                | --weights needs one number for the first file and one for each update, 2 for 2 files, not 3
            --weights 1,-1                 | a weight must be a number that is not negative, not -1.0
            --swa --warmup ramp            | --warmup goes with --ema, --momentum, --half-life or --cosine
            --weights 1,2 --warmup ramp    | --warmup goes with --ema, --momentum, --half-life or --cosine
            --ema 0.9 --warmup slowly      | invalid value for option '--warmup': 'slowly' is no warmup; write linear:FROM:ITERS, inverse-gamma:GAMMA:POWER[:MIN], annealing:GAMMA or ramp
            --ema 0.9 --order random       | invalid value for option '--order': 'random' is none of lerp, mul-add, blend, step-back, step-back-fused, towards, mean
            --ema 0.9 --dtype f8           | invalid value for option '--dtype': 'f8' is none of keep, f32, f64, bf16, f16
            --ema 0.9 --accumulate bf16    | invalid value for option '--accumulate': 'bf16' is none of f32, f64
            --ema 0.9 --dtype f64 --accumulate f32 | --accumulate f32 is narrower than --dtype f64
            --ema 0.9 --buffers drop       | invalid value for option '--buffers': 'drop' is none of copy, average, freeze
            --ema 0.9 --integers average   | invalid value for option '--integers': 'average' is none of copy, freeze, truncate
            --ema 0.9 --every 0            | an average is updated every 1 or more calls, not every 0
            --half-life 9 --every 0        | the interval must be at least 1, not 0
            --ema 0.9 --start -1           | the first call that averages must have a number from 0 on, not -1
            --ema 0.9 --threads 0          | --threads must be at least 1, not 0
            --ema 0.9 --batch-size 8       | --batch-size goes with --as
            --ema 0.9 --speed 9            | unknown option: '--speed'; did you mean --weights or --threads?
            """)
    void saysHowTheCommandLineIsWrong(String options, String sentence) {
        List<Object> arguments = new ArrayList<>(List.of("average", "-o", out, a, b));
        Stream.of(options.split(" +")).filter(word -> !word.isEmpty()).forEach(arguments::add);

        Cli result = Cli.run(arguments.toArray());

        assertThat(result.err())
                .startsWith("polyak: " + sentence.split(";")[0])
                .endsWith(" (polyak average --help)\n")
                .hasLineCount(1);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(out).doesNotExist();
    }

    @Test
    void needsFilesAndAnOutput() {
        assertThat(Cli.run("average", "--swa"))
                .isEqualTo(
                        new Cli(
                                2,
                                "",
                                "polyak: missing required options and parameters: '--output=OUT', 'FILE' (polyak average --help)\n"));
    }

    @Test
    void reportsAFileThatIsNotThere() throws IOException {
        Path missing = folder.resolve("missing.safetensors");

        assertFails(quoted(missing) + " cannot be read: there is no such file; check the path", a, missing);
    }

    @Test
    void reportsAPatternThatTheShellDidNotExpand() throws IOException {
        Path pattern = folder.resolve("step-*.safetensors");

        assertFails(
                "no file matches " + quoted(pattern) + "; check the pattern, and that it is not in quotes", pattern);
    }

    @Test
    void reportsAFileOfAnotherFormat() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "this is no checkpoint");

        assertFails(quoted(text) + " is not a safetensors file", a, text);
    }

    @Test
    void reportsAFolderWithoutACheckpoint() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));

        assertFails("the folder " + quoted(empty) + " has no *.safetensors file", a, empty);
    }

    @Test
    void reportsTensorsThatDiffer() throws IOException {
        Path other = TestFile.of("weight", 1, 2).with("gain", 1).write(folder.resolve("other.safetensors"));

        assertFails(
                quoted(other) + " lacks 'bias', and also has 'gain', compared with " + quoted(a)
                        + "; average checkpoints of one model",
                a,
                b,
                other);
    }

    @Test
    void reportsShapesThatDiffer() throws IOException {
        Path other = TestFile.of("weight", 1, 2, 3).with("bias", 1).write(folder.resolve("other.safetensors"));

        assertFails(quoted(other) + " has 'weight' in shape [3] instead of [2], compared with " + quoted(a), a, other);
    }

    @Test
    void reportsTypesThatDoNotConvert() throws IOException {
        Path other = TestFile.of("weight", 1, 2).with("bias", DType.I64, 1).write(folder.resolve("other.safetensors"));

        assertFails(quoted(other) + " has 'bias' as I64 instead of F32, compared with " + quoted(a), a, other);
    }

    @Test
    void reportsThatNoTensorMatches() throws IOException {
        Path other = TestFile.of("encoder.weight", 1, 2).write(folder.resolve("other.safetensors"));

        assertFails(
                quoted(other)
                        + " has none of the 2 tensors ('bias', 'weight'); its own are 'encoder.weight', compared with "
                        + quoted(a),
                a,
                other);
    }

    @Test
    void reportsACheckpointWithoutTensors() throws IOException {
        Path nothing = new TestFile().write(folder.resolve("nothing.safetensors"));

        assertFails(
                quoted(nothing) + " has no tensors, so there is nothing to average; check the path", nothing, nothing);
    }

    @Test
    void reportsTypesThatCannotBeAveraged() throws IOException {
        Path quantised =
                TestFile.of("weight", 1).with("codes", DType.F8_E4M3, 1).write(folder.resolve("quantised.safetensors"));

        assertFails(
                "tensor 'codes' of " + quoted(quantised)
                        + " is F8_E4M3, which cannot be averaged; convert it, or add --buffer-pattern 'codes'",
                quantised,
                quantised);
        assertThat(Cli.run("average", "--swa", "--buffer-pattern", "codes", "-o", out, quantised, quantised)
                        .err())
                .isEmpty();
    }

    @Test
    void doesNotNarrowByAccumulating() throws IOException {
        Path wide = TestFile.of("weight", 1).with("precise", DType.F64, 1).write(folder.resolve("wide.safetensors"));

        Cli result = Cli.run("average", "--swa", "--accumulate", "f32", "-o", out, wide, wide);

        assertThat(result.err())
                .isEqualTo("polyak: --accumulate f32 is narrower than tensor 'precise' of " + quoted(wide)
                        + ", which is f64; leave it out, or add --dtype f32\n");
        assertThat(result.status()).isEqualTo(1);
        assertThat(Cli.run("average", "--swa", "--accumulate", "f32", "--dtype", "f32", "-o", out, wide, wide)
                        .err())
                .isEmpty();
    }

    @Test
    void doesNotOverwriteAnInput() throws IOException {
        byte[] before = Files.readAllBytes(a);
        Path symbolic = Files.createSymbolicLink(folder.resolve("symbolic.safetensors"), a);
        Path hard = Files.createLink(folder.resolve("hard.safetensors"), a);
        Path roundabout = folder.resolve("..").resolve(folder.getFileName()).resolve("a.safetensors");

        for (Path output : List.of(a, symbolic, hard, roundabout)) {
            Cli result = Cli.run("average", "--swa", "-o", output, b, a);

            assertThat(result)
                    .isEqualTo(new Cli(
                            1,
                            "",
                            "polyak: the output " + quoted(output) + " is the input " + quoted(a)
                                    + "; choose another output\n"));
        }
        assertThat(Files.readAllBytes(a)).isEqualTo(before);
    }

    @Test
    void doesNotAddToAFolderThatItReads() throws IOException {
        Path shards = Files.createDirectory(folder.resolve("shards"));
        TestFile.of("weight", 2, 4).with("bias", 1).write(shards.resolve("model.safetensors"));
        Path output = shards.resolve("average.safetensors");

        Cli result = Cli.run("average", "--swa", "-o", output, a, shards);

        assertThat(result.err())
                .isEqualTo("polyak: the output " + quoted(output) + " is in the input folder " + quoted(shards)
                        + ", and would belong to that checkpoint; choose another folder\n");
        assertThat(result.status()).isEqualTo(1);
        assertThat(output).doesNotExist();
    }

    @Test
    void reportsAnOutputThatCannotBe() throws IOException {
        Path nowhere = folder.resolve("nowhere").resolve("out.safetensors");

        assertThat(Cli.run("average", "--swa", "-o", folder, a).err())
                .startsWith("polyak: " + quoted(folder) + " cannot be written: it is a folder");
        assertThat(Cli.run("average", "--swa", "-o", nowhere, a).err())
                .startsWith("polyak: " + quoted(nowhere) + " cannot be written: there is no folder");
    }

    @Test
    void showsWhereAnErrorCameFromOnlyIfAsked() {
        Path missing = folder.resolve("missing.safetensors");

        assertThat(Cli.run("average", "--swa", "-o", out, missing).err()).hasLineCount(1);
        assertThat(Cli.run("average", "--verbose", "--swa", "-o", out, missing).err())
                .contains("\tat dev.polyak.");
        assertThat(Cli.run("--verbose", "average", "--swa", "-o", out, missing).err())
                .contains("\tat dev.polyak.");
    }

    /** Checks that averaging fails with a sentence, whatever it prints being text, and leaves no file. */
    private void assertFails(String sentence, Path... inputs) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("average", "--json", "--swa", "-o", out));
        arguments.addAll(List.of(inputs));
        List<Path> before = files();

        Cli result = Cli.run(arguments.toArray());

        assertThat(result.err()).startsWith("polyak: " + sentence).hasLineCount(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(1);
        assertThat(files()).isEqualTo(before);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static String quoted(Path path) {
        return "'" + path + "'";
    }
}
