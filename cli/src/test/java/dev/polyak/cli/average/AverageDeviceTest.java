package dev.polyak.cli.average;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cli.Cli;
import dev.polyak.cli.TestFile;
import dev.polyak.tensor.DType;
import dev.polyak.testkit.StandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --device}: the same files wherever they are made, and what is said where they cannot be. */
class AverageDeviceTest {
    /** A tensor of this size comes in several pieces. */
    private static final int LARGE = (1 << 18) + 3;

    private static final Path NOWHERE = Path.of("/nowhere/libcudart.so");
    private static final String MISSING =
            "CUDA is not available: there is no /nowhere/libcudart.so, which -Dpolyak.cuda.library names; name a"
                    + " libcudart.so of CUDA 12.8 or newer\n";

    @TempDir
    private Path folder;

    private final List<Path> files = new ArrayList<>();

    /** A model in all floating-point types, with buffers and integers, in five states. */
    @BeforeEach
    void writeFiles() throws IOException {
        Random random = new Random(7);
        for (int k = 0; k < 5; k++) {
            files.add(new TestFile()
                    .with("large.weight", random.doubles(LARGE, -1, 1).toArray())
                    .with("f64.weight", DType.F64, random.doubles(33, -1, 1).toArray())
                    .with("bf16.weight", DType.BF16, bits(random, 65))
                    .with("f16.weight", DType.F16, bits(random, 7))
                    .with("norm.running_mean", random.doubles(5, -1, 1).toArray())
                    .with("norm.num_batches_tracked", DType.I64, 100 * k)
                    .write(folder.resolve("step-" + k + ".safetensors")));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--ema 0.9",
                "--ema 0.9 --order mul-add --buffers average --integers truncate",
                "--ema 0.9 --order blend --dtype f32",
                "--ema 0.9 --order step-back --dtype bf16 --accumulate f64",
                "--ema 0.9 --order step-back-fused --dtype f16",
                "--swa --order towards --every 2 --threads 1",
                "--swa --order mean --dtype f64",
                "--weights 1,0,0,0,3 --buffers freeze",
                "--as ModelEmaV2(model,decay=0.5)",
                "--as optax.ema(decay=0.5)",
                "--as edm2.PowerFunctionEMA(net)"
            })
    void givesTheSameFilesOnAGpu(String options) throws IOException {
        StandIn.require();

        Cli onCpu = average(options, "cpu");
        Map<Path, byte[]> expected = outputs();
        Cli onGpu = average(options, "cuda:0");
        Map<Path, byte[]> actual = outputs();

        assertThat(onGpu.status()).as(onGpu.err()).isZero();
        assertThat(onGpu.err()).isEqualTo(onCpu.err());
        assertThat(onGpu.out().lines().findFirst())
                .isEqualTo(onCpu.out().lines().findFirst());
        assertThat(actual).containsOnlyKeys(expected.keySet());
        expected.forEach((file, bytes) -> assertThat(actual.get(file)).isEqualTo(bytes));
    }

    @Test
    void combinesAndSynthesizesOnAGpu() throws IOException {
        StandIn.require();
        files.clear();
        for (int k = 0; k < 5; k++) {
            files.add(TestFile.of("weight", k, 1, -k).write(folder.resolve("small-" + k + ".safetensors")));
        }
        String synthesis =
                "PostHocEMA(model,gammas=(7,9),update_every=1,checkpoint_every_num_steps=2).synthesize_ema_model(gamma=8)";
        assertThat(average("--as " + synthesis, "cpu").status()).isZero();
        Map<Path, byte[]> expected = outputs();
        assertThat(average("--as " + synthesis, "cuda:1").status()).isZero();
        outputs().forEach((file, bytes) -> assertThat(bytes).isEqualTo(expected.get(file)));

        average("--as edm2.PowerFunctionEMA(net)", "cpu");
        List<Path> combined = new ArrayList<>();
        for (String device : List.of("cpu", "cuda:0")) {
            Path out = folder.resolve("combined-" + combined.size() + ".safetensors");
            Cli result = Cli.run(
                    "posthoc",
                    "--sigma",
                    0.075,
                    "--device",
                    device,
                    "-o",
                    out,
                    folder.resolve("average-0.050.safetensors"),
                    folder.resolve("average-0.100.safetensors"));
            assertThat(result.status()).as(result.err()).isZero();
            combined.add(out);
        }
        assertThat(combined.get(1)).hasSameBinaryContentAs(combined.get(0));
    }

    @Test
    void autoSaysWhichDeviceItIsAndWhy() throws Exception {
        StandIn.require();

        assertThat(average("--swa --threads 1", "auto").err())
                .matches("polyak: averages on cuda:[01]: Stand-in GPU has 1.0 GiB free, enough for the [0-9.]+ MiB that"
                        + " are needed\n");
        assertThat(child(StandIn.library(), Map.of("STAND_IN_MEMORY", "1000000"), "auto")
                        .err())
                .startsWith("polyak: averages on cpu: ")
                .contains("Stand-in GPU has 976.6 KiB free, too little for the ", " that are needed\n");
    }

    @Test
    void autoIsTheCpuWithoutCuda() throws Exception {
        Cli result = child(NOWHERE, Map.of(), "auto");

        assertThat(result.err()).isEqualTo("polyak: averages on cpu: " + MISSING);
        assertThat(result.status()).isZero();
    }

    @Test
    void aGpuThatIsNotThereIsOneSentence() throws Exception {
        assertThat(child(NOWHERE, Map.of(), "cuda:0")).isEqualTo(new Cli(1, "", "polyak: " + MISSING));
        assertThat(outputs()).isEmpty();

        StandIn.require();
        assertThat(average("--swa", "cuda:7"))
                .isEqualTo(new Cli(1, "", "polyak: there is no cuda:7; there are 2 devices, cuda:0 and cuda:1\n"));
    }

    @Test
    void aGpuThatIsTooSmallIsOneSentence() throws Exception {
        StandIn.require();

        Cli result = child(StandIn.library(), Map.of("STAND_IN_MEMORY", "1000000"), "cuda:0");

        assertThat(result.err())
                .startsWith("polyak: ")
                .contains("a fold's pieces")
                .hasLineCount(1);
        assertThat(result.status()).isEqualTo(1);
        assertThat(outputs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"average", "posthoc", "demo"})
    void whatIsNoDeviceIsMisuse(String command) {
        Cli result = Cli.run(command, "--device", "cuda0");

        assertThat(result.err())
                .startsWith("polyak: invalid value for option '--device': 'cuda0' is none of cpu, cuda:0 (cuda:1, ...)"
                        + " and auto");
        assertThat(result.status()).isEqualTo(2);
    }

    private Cli average(String options, String device) {
        return Cli.run(arguments(options, device));
    }

    private Cli child(Path runtime, Map<String, String> environment, String device) throws Exception {
        return Cli.runWith(runtime, environment, arguments("--swa", device));
    }

    private Object[] arguments(String options, String device) {
        List<Object> arguments = new ArrayList<>(List.of("average"));
        arguments.addAll(List.of(options.split(" ")));
        if (options.contains("edm2")) {
            arguments.addAll(List.of("--batch-size", 128));
        }
        arguments.addAll(List.of("--device", device, "-o", folder.resolve("average.safetensors")));
        arguments.addAll(files);
        return arguments.toArray();
    }

    /** What was written, which is taken away: the next to write finds nothing there. */
    private Map<Path, byte[]> outputs() throws IOException {
        Map<Path, byte[]> contents = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(file -> file.getFileName().toString().startsWith("average"))
                    .toList()) {
                contents.put(file, Files.readAllBytes(file));
                Files.delete(file);
            }
        }
        return contents;
    }

    /** Numbers of 16 bits, positive and below 2 in binary16 and bfloat16. */
    private static double[] bits(Random random, int count) {
        return random.ints(count, 0x3000, 0x3c00).asDoubleStream().toArray();
    }
}
