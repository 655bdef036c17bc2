package dev.polyak.cli.average;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.cli.Cli;
import dev.polyak.cli.GoldenCase;
import dev.polyak.cli.Tensors;
import dev.polyak.cli.TestFile;
import dev.polyak.tensor.DType;
import dev.polyak.testkit.JsonValue;
import dev.polyak.testkit.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostHocCommandTest {
    private static final Path EDM2 = TestData.path("golden-more/edm2-posthoc");

    @TempDir
    private Path folder;

    @Test
    void findsTheWeightsOfThePaper() throws IOException {
        Path file = TestFile.of("weight", 1).write(folder.resolve("any.safetensors"));
        List<Object> arguments = new ArrayList<>(List.of("posthoc", "--json", "--sigma", 0.075, "--at", 2000));
        for (String of : List.of("0.05:1000", "0.1:1000", "0.05:2000", "0.1:2000", "0.05:3000")) {
            arguments.addAll(List.of("--snapshot", file + ":" + of));
        }

        JsonValue json = Cli.run(arguments.toArray()).json();

        double[] expected = {1.35748e-4, -2.426627e-3, 0.3429690, 0.6593218, 0};
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) json.get("weights").get(i).value()).isBetween(expected[i] - 1e-7, expected[i] + 1e-7);
        }
        assertThat((double) json.get("snapshots").get(0).get("gamma").value()).isBetween(16.9721986022, 16.9721986024);
        assertThat((double) json.get("snapshots").get(1).get("gamma").value()).isBetween(6.9372039376, 6.9372039377);
        assertThat(json.get("snapshots").get(4).get("used").value()).isEqualTo(false);
        assertThat(json.get("warnings").list()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"003, 384", "007, 768", "final, 1536"})
    void givesWhatEdm2Gave(String expected, int images) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("posthoc", "--sigma", 0.075, "--at", images));
        try (Stream<Path> files = Files.list(EDM2)) {
            files.filter(file -> file.getFileName().toString().startsWith("snapshot-"))
                    .sorted()
                    .forEach(file -> {
                        String[] parts = file.getFileName()
                                .toString()
                                .replace(".safetensors", "")
                                .split("-");
                        arguments.addAll(List.of("--snapshot", file + ":" + parts[2] + ":" + parts[1]));
                    });
        }

        assertGives(arguments, EDM2.resolve("expected-" + expected + ".safetensors"));
    }

    @Test
    void findsProfileAndTimeInWhatWasAveragedHere() throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("posthoc", "--sigma", 0.075));
        for (int steps : List.of(3, 6)) {
            List<Object> average = new ArrayList<>(List.of("average", "-o", folder.resolve(steps + ".safetensors")));
            average.addAll(List.of("--as", "edm2.PowerFunctionEMA(net)", "--batch-size", 128));
            average.addAll(new GoldenCase(EDM2, Map.of()).states(steps));
            assertThat(Cli.run(average.toArray()).status()).isZero();
            Stream.of("-0.050", "-0.100")
                    .map(of -> folder.resolve(steps + of + ".safetensors"))
                    .forEach(arguments::add);
        }

        Path output = assertGives(arguments, EDM2.resolve("expected-007.safetensors"));

        try (Checkpoint result = Checkpoint.open(output)) {
            assertThat(result.metadata())
                    .containsEntry("polyak.time", "768.0")
                    .containsEntry("polyak.sigma", "0.075")
                    .doesNotContainKey("polyak.rule");
        }
        assertThat(Cli.run("inspect", folder.resolve("6-0.100.safetensors")).out())
                .contains("polyak.rule: edm2.PowerFunctionEMA(net)\n", "polyak.time: 768.0\n");
    }

    @Test
    void addsUpTheBuffersThatAreAveraged() throws IOException {
        Path initial =
                TestFile.of("running_mean", 0).with("steps", DType.I64, 7).write(folder.resolve("0.safetensors"));
        Path later = TestFile.of("running_mean", 8).with("steps", DType.I64, 9).write(folder.resolve("1.safetensors"));
        Path stored = folder.resolve("stored.safetensors");
        Path output = folder.resolve("out.safetensors");

        Cli.run("average", "--as", "KarrasEMA(model, gamma=6.9, update_every=1)", "-o", stored, initial, later);
        assertThat(Cli.run("posthoc", "--gamma", 6.9, "-o", output, stored).err())
                .isEmpty();

        assertThat(TestFile.read(output, "running_mean")).isEqualTo(TestFile.read(stored, "running_mean"));
        assertThat(TestFile.read(output, "steps")).containsExactly(7.0);
        try (Checkpoint result = Checkpoint.open(stored)) {
            assertThat(result.metadata()).containsEntry("polyak.time", "2.0").containsEntry("polyak.gamma", "6.9");
        }
    }

    @Test
    void shows() throws IOException {
        Path file = TestFile.of("weight", 1).write(folder.resolve("any.safetensors"));

        Cli result = Cli.run(
                "posthoc", "--sigma", 0.1, "--at", 9, "--snapshot", file + ":0.1:9", "--snapshot", file + ":0.1:10");

        assertThat(result.out().lines().skip(1))
                .containsExactly(
                        "  " + file + "  0.1    9.0   1.0",
                        "  " + file + "  0.1    10.0  later, left out",
                        "sigma 0.1 at time 9.0: the weights only; add -o OUT for the average");
    }

    @Test
    void warnsOfWhatIsOutOfReach() throws IOException {
        Path file = TestFile.of("weight", 1).write(folder.resolve("any.safetensors"));

        assertThat(Cli.run("posthoc", "--sigma", 0.1, "--at", 9, "--snapshot", file + ":0.1:8")
                        .err())
                .isEqualTo("polyak: warning: time 9.0 is after the latest snapshot, that of 8.0: the result cannot have"
                        + " what came later\n");
        assertThat(Cli.run("posthoc", "--sigma", 0.25, "--snapshot", file + ":0.1:8")
                        .err())
                .startsWith(
                        "polyak: warning: the snapshots do not reach a profile of sigma 0.25 at time 8.0: the result misses ");
        List<Object> alike = new ArrayList<>(List.of("posthoc", "--sigma", 0.2));
        for (int i = 0; i < 6; i++) {
            alike.addAll(List.of("--snapshot", file + ":" + (0.1 + i * 1e-4) + ":8"));
        }
        assertThat(Cli.run(alike.toArray()).err())
                .contains("so that rounding errors of the stored averages drown the result");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                        | choose one of --sigma and --gamma
            --sigma 0.1 --gamma 7     | choose one of --sigma and --gamma
            --sigma 0.1               | name the stored averages
            --sigma 0.5 a             | no power function has a relative width of 0.5; it must be above 0 and below 0.28
            --gamma -1 a              | --gamma must be a number above -1, not -1.0
            --sigma 0.1 --at 0 a      | --at must be a positive number, not 0.0
            --sigma 0.1 --threads 0 a | --threads must be at least 1, not 0
            --sigma 0.1 --snapshot a:0.1     | invalid value for option '--snapshot' (FILE:SIGMA:TIME): 'a:0.1' is not FILE:SIGMA:TIME
            --sigma 0.1 --snapshot a:wide:3  | invalid value for option '--snapshot' (FILE:SIGMA:TIME): 'wide' is not a number
            --sigma 0.1 --snapshot a:0.5:3   | invalid value for option '--snapshot' (FILE:SIGMA:TIME): no power function has a relative width of 0.5
            --sigma 0.1 --snapshot a:0.1:-3  | invalid value for option '--snapshot' (FILE:SIGMA:TIME): a snapshot's time must be a positive number, not -3.0
            """)
    void saysHowTheCommandLineIsWrong(String options, String sentence) {
        Cli result = Cli.run(Stream.concat(Stream.of("posthoc"), Stream.of(options.split(" ")))
                .filter(word -> !word.isEmpty())
                .toArray());

        assertThat(result.err()).startsWith("polyak: " + sentence).hasLineCount(1);
        assertThat(result.status()).isEqualTo(2);
    }

    @Test
    void saysWhatCannotBeCombined() throws IOException {
        Path file = TestFile.of("weight", 1).write(folder.resolve("any.safetensors"));
        Path damaged = TestFile.of("weight", 1)
                .metadata(Map.of("polyak.time", "soon", "polyak.sigma", "0.1"))
                .write(folder.resolve("damaged.safetensors"));
        Path out = folder.resolve("out.safetensors");

        assertFails(
                "'" + file + "' does not say of which profile and time it is; name it as --snapshot FILE:SIGMA:TIME",
                file);
        assertFails("time and profile in the metadata of '" + damaged + "' cannot be read: ", damaged);
        assertFails("no snapshot is from time 3.0 or before", "--at", 3, "--snapshot", file + ":0.1:4");
        assertFails(
                "two snapshots have time 4.0 and the same profile",
                "--snapshot",
                file + ":0.1:4",
                "--snapshot",
                file + ":0.1:4");
        assertFails("the output '" + file + "' is the input", "--snapshot", file + ":0.1:4", "-o", file);
        Path other = TestFile.of("bias", 1).write(folder.resolve("other.safetensors"));
        assertFails(
                "'" + other + "' has none of the ",
                "--snapshot",
                file + ":0.1:4",
                "--snapshot",
                other + ":0.1:5",
                "-o",
                out);
        assertThat(out).doesNotExist();
    }

    private static void assertFails(String sentence, Object... arguments) {
        Cli result = Cli.run(Stream.concat(Stream.of("posthoc", "--sigma", 0.1), Stream.of(arguments))
                .toArray());

        assertThat(result.err()).startsWith("polyak: " + sentence).hasLineCount(1);
        assertThat(result.status()).isEqualTo(1);
    }

    private Path assertGives(List<Object> arguments, Path expected) throws IOException {
        Path output = folder.resolve("result.safetensors");
        List<Object> all = new ArrayList<>(arguments);
        all.addAll(List.of("-o", output));

        Cli result = Cli.run(all.toArray());

        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        Tensors.assertSame(output, expected, 1e-6);
        return output;
    }
}
