package dev.polyak.cli.average;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cli.Cli;
import dev.polyak.cli.GoldenCase;
import dev.polyak.cli.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The averages that Python systems made, made again from the same states and the call as it stands in the training
 * script; and the weights that they gave.
 */
class FrameworkCasesTest {
    private static final Map<String, Integer> SNAPSHOTS = Map.of("003", 3, "007", 7);

    @TempDir
    private Path folder;

    static Stream<GoldenCase> cases() {
        return Stream.concat(GoldenCase.in("golden"), GoldenCase.in("golden-more"));
    }

    @ParameterizedTest
    @MethodSource
    void givesWhatTheSystemGave(GoldenCase golden) throws IOException {
        for (String snapshot : List.of("003", "007", "final")) {
            Path output = folder.resolve(snapshot + ".safetensors");

            List<Object> arguments = new ArrayList<>(List.of("average", "-o", output));
            arguments.addAll(golden.options());
            arguments.addAll(golden.states(SNAPSHOTS.getOrDefault(snapshot, golden.steps())));
            Cli result = Cli.run(arguments.toArray());

            assertThat(result.status()).as(result.err()).isZero();
            Path expected = golden.folder().resolve("expected-" + snapshot + ".safetensors");
            Tensors.assertSame(golden.output(output), expected, golden.tolerance());
        }
    }

    static Stream<GoldenCase> givesWhatTheSystemGave() {
        return cases().filter(golden -> !golden.isPostHoc());
    }

    @ParameterizedTest
    @MethodSource
    void givesTheWeightsOfTheSystem(GoldenCase golden) {
        List<Object> arguments = new ArrayList<>(List.of("schedule", "--json", "--steps", golden.steps()));
        arguments.addAll(golden.options());
        if (golden.json().get("std") instanceof Number std) {
            arguments.addAll(List.of("--which", String.format("%.3f", std.doubleValue())));
        }
        Cli result = Cli.run(arguments.toArray());

        assertThat(result.status()).as(result.err()).isZero();
        List<?> weights = result.json().get("weights").list();
        assertThat(weights).hasSameSizeAs(golden.weights());
        for (int i = 0; i < weights.size(); i++) {
            if (golden.weights().get(i) == null) {
                assertThat(weights.get(i)).as("step " + (i + 1)).isNull();
            } else {
                double expected = ((Number) golden.weights().get(i)).doubleValue();
                assertThat(((Number) weights.get(i)).doubleValue())
                        .as("step " + (i + 1))
                        .isBetween(expected - tolerance(golden), expected + tolerance(golden));
            }
        }
    }

    static Stream<GoldenCase> givesTheWeightsOfTheSystem() {
        return cases().filter(golden -> !golden.weights().isEmpty());
    }

    /** NumPy's roots may be off in the last digit, and optax divides in binary32. */
    private static double tolerance(GoldenCase golden) {
        if (golden.tolerance() > 0) {
            return golden.tolerance();
        }
        return golden.call().contains("PowerFunctionEMA") || golden.call().contains("KarrasEMA") ? 1e-14 : 0;
    }
}
