package dev.polyak.cli.average;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.cli.Cli;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.testkit.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The averages that Python systems made, made again from the same checkpoints by the options: parameters and buffers
 * bit for bit.
 *
 * <p>One system is missing: optax divides by 1 − decay^t in the end, which is no sequence of weights.
 */
class GoldenCasesTest {
    private static final int[] SNAPSHOTS = {3, 7, 12};

    @TempDir
    private Path folder;

    /**
     * One run of the command.
     *
     * @param name the case
     * @param options all but files and output
     * @param steps of which the files are the input, in order
     * @param expected what the result must equal
     */
    record Run(String name, String options, List<Integer> steps, String expected) {
        @Override
        public String toString() {
            return name + ", expected-" + expected + ": average " + options + " steps " + steps;
        }
    }

    static Stream<Run> runs() {
        return Stream.of(
                        // Constructed from the initial state, then updated at every step.
                        every("timm-v1", "--ema 0.9 --order blend --buffers average --integers truncate", 0),
                        every("timm-v3-bf16", "--ema 0.9 --buffers average", 0),
                        every("shadow-fp32-of-bf16", "--momentum 0.1 --dtype f32 --buffers average", 0),
                        every("ignite-ema", "--momentum 0.1 --warmup linear:0.5:6 --order mul-add", 0),
                        // Copied until a step, updated from it on.
                        every("mmengine-hook", "--momentum 0.1 --start 6", 0),
                        every(
                                "diffusers-ema",
                                "--ema 0.9 --warmup inverse-gamma:1:0.75 --start 4 --order step-back",
                                0),
                        // The first call copies: the initial state has no part in the average.
                        every("timm-v3-warmup", "--ema 0.9 --warmup inverse-gamma:1:1 --buffers average", 1),
                        every("train-digits-timm-v3", "--ema 0.9 --warmup inverse-gamma:1:1 --buffers average", 1),
                        every("torch-averaged-ema", "--ema 0.9", 1),
                        every("mmengine-ema", "--momentum 0.1 --every 3", 1),
                        every("mmengine-annealing", "--momentum 0.1 --warmup annealing:4", 1),
                        every("mmengine-swa", "--swa --every 2 --order towards", 1),
                        composer(),
                        // Weights that no other option has, given one by one.
                        tensorFlow(),
                        edm2(),
                        emaPytorch())
                .flatMap(runs -> runs);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void givesTheBitsOfTheSystem(Run run) throws IOException {
        Path output = folder.resolve("average.safetensors");

        Cli result = Cli.run(arguments(run, output).toArray());

        assertThat(result.status()).as(result.err()).isZero();
        assertContains(output, golden(run.name()).resolve("expected-" + run.expected() + ".safetensors"));
    }

    @Test
    void rampIsTensorFlowsButForItsBinary32() throws IOException {
        // TensorFlow computes 1 − (1 + n)/(10 + n) in binary32. Up to n = 8 the same weight comes out.
        for (String expected : List.of("003", "007")) {
            Path output = folder.resolve("average.safetensors");
            Run run = new Run(
                    "tf-num-updates",
                    "--ema 0.9 --warmup ramp --order step-back",
                    range(0, Integer.parseInt(expected)),
                    expected);

            assertThat(Cli.run(arguments(run, output).toArray()).status()).isZero();

            assertContains(output, golden(run.name()).resolve("expected-" + expected + ".safetensors"));
        }
    }

    @ParameterizedTest
    @MethodSource
    void oneThreadGivesTheSameFileAsSeveral(Run run) throws IOException {
        Path one = folder.resolve("one.safetensors");
        Path several = folder.resolve("several.safetensors");

        List<Object> alone = new ArrayList<>(arguments(run, one));
        alone.addAll(List.of("--threads", "1"));
        assertThat(Cli.run(alone.toArray()).status()).isZero();
        assertThat(Cli.run(arguments(run, several).toArray()).status()).isZero();

        assertThat(Files.mismatch(one, several)).isEqualTo(-1);
    }

    static Stream<Run> oneThreadGivesTheSameFileAsSeveral() {
        return runs().filter(run -> run.expected().equals("final"));
    }

    private static Stream<Run> every(String name, String options, int first) {
        int last = name.startsWith("train-digits") ? 20 : SNAPSHOTS[2];
        return snapshots(name, step -> options, step -> range(first, step == SNAPSHOTS[2] ? last : step));
    }

    /**
     * Composer holds the initial state until step 4, copies there and updates at once. So the file of step 4 comes
     * twice: the first is copied ({@code --start}), the second is an update. With a file before them, those to update
     * with have even numbers.
     */
    private static Stream<Run> composer() {
        String options = "--half-life 5 --every 2 --start 2 --order blend --buffers average --integers truncate";
        return snapshots("composer-ema", step -> options, step -> {
            if (step < 4) {
                return List.of(0);
            }
            return Stream.concat(Stream.of(3, 4), range(4, step).stream()).toList();
        });
    }

    private static Stream<Run> tensorFlow() {
        double[] weights = weights("tf-num-updates").toArray();
        return snapshots(
                "tf-num-updates",
                step -> "--order step-back --weights 1," + meanOf(weights, step),
                step -> range(0, step));
    }

    private static Stream<Run> edm2() {
        double[] weights = weights("edm2-power").skip(1).toArray(); // the first is 1: a copy
        return snapshots("edm2-power", step -> "--weights 1," + meanOf(weights, step - 1), step -> range(1, step));
    }

    /**
     * Copies until step 3, then updates at every second step; integers stay as in the initial model, which therefore
     * comes first, without weight.
     */
    private static Stream<Run> emaPytorch() {
        double[] weights = weights("ema-pytorch").skip(2).toArray(); // of steps 1 and 3, which copy
        return snapshots(
                "ema-pytorch",
                step -> "--buffers average --integers freeze --weights 0,1"
                        + (step == 3 ? "" : "," + meanOf(weights, (step - 3) / 2)),
                step -> IntStream.concat(
                                IntStream.of(0), IntStream.rangeClosed(3, step).filter(k -> k % 2 == 1))
                        .boxed()
                        .toList());
    }

    private interface BySnapshot<T> {
        T at(int step);
    }

    private static Stream<Run> snapshots(String name, BySnapshot<String> options, BySnapshot<List<Integer>> steps) {
        return IntStream.of(SNAPSHOTS)
                .mapToObj(step ->
                        new Run(name, options.at(step), steps.at(step), step == SNAPSHOTS[2] ? "final" : "00" + step));
    }

    private static List<Integer> range(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    /** The weights of a case's updates, as its system computed them. */
    private static DoubleStream weights(String name) {
        return TestData.json(golden(name).resolve("case.json")).get("weights").list().stream()
                .filter(Objects::nonNull)
                .mapToDouble(weight -> ((Number) weight).doubleValue());
    }

    /** The numbers of a weighted mean, after a first of 1, in which the updates have given weights below 1. */
    private static String meanOf(double[] weights, int updates) {
        double sum = 1;
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < updates; i++) {
            double number = weights[i] * sum / (1 - weights[i]);
            sum += number;
            numbers.add(Double.toString(number));
        }
        return String.join(",", numbers);
    }

    private static List<Object> arguments(Run run, Path output) {
        List<Object> arguments = new ArrayList<>(List.of("average"));
        arguments.addAll(List.of(run.options().split(" ")));
        arguments.addAll(List.of("-o", output));
        run.steps()
                .forEach(step ->
                        arguments.add(golden(run.name()).resolve(String.format("step-%03d.safetensors", step))));
        return arguments;
    }

    /**
     * Checks every tensor of the expected file; systems that average parameters only hold no buffers, Polyak copies
     * them.
     */
    private static void assertContains(Path output, Path expected) throws IOException {
        try (Checkpoint mine = Checkpoint.open(output);
                Checkpoint theirs = Checkpoint.open(expected)) {
            ParameterLayout layout = theirs.store().layout();
            assertThat(layout.size()).isGreaterThanOrEqualTo(6);
            for (int i = 0; i < layout.size(); i++) {
                int there = mine.store().layout().indexOf(layout.tensor(i).name());
                assertThat(mine.store().layout().tensor(there)).isEqualTo(layout.tensor(i));
                assertThat(mine.store().segment(there).mismatch(theirs.store().segment(i)))
                        .as(layout.tensor(i).name())
                        .isEqualTo(-1);
            }
        }
    }

    private static Path golden(String name) {
        return TestData.path("golden/" + name);
    }
}
