package dev.polyak.gpucheck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.gpucheck.measure.Scale;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.testkit.StandIn;
import dev.polyak.testkit.TestData;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of it, small, on the stand-in runtime. */
class GpuCheckTest {
    private static final Scale TINY =
            new Scale(1025, List.of(1024L, 4096L), 2048, 4096, List.of(10_000L, 20_000L), 10_000, 20, 3, Duration.ZERO);

    @TempDir
    private Path folder;

    @BeforeEach
    void requireCuda() {
        StandIn.require();
    }

    @Test
    void everythingIsCheckedMeasuredAndWritten() throws Exception {
        StringWriter printed = new StringWriter();

        boolean good = GpuCheck.run(TINY, "", folder.resolve("reports"), new PrintWriter(printed));

        assertThat(good).as(printed.toString()).isTrue();
        assertThat(printed.toString())
                .contains("Stand-in GPU", "ok    update F32 -> F32", "weights of another process, by a JVM")
                .contains(
                        "ok    average off the GPU, two stagings",
                        "ok    average off the GPU, no memory of the GPU for its numbers")
                .contains("speed of update among others by that of the slower of copy alone and fold alone: ")
                .contains("speed of the same beside an update by that of copies within the GPU: ")
                .contains("update BF16 -> F32, 4 Ki elements (median of 3)")
                .contains("PASS         the CPU's bits", "NOT MEASURED update F32 -> F32, 1 Gi elements")
                .doesNotContain("FAIL", "left out");
        Map<?, ?> report = (Map<?, ?>) TestData.json(file()).value();
        assertThat(report.keySet())
                .map(String::valueOf)
                .contains("date", "machine", "verdicts", "checks", "measurements", "leftOut");
        assertThat((List<?>) report.get("checks"))
                .hasSizeGreaterThan(40)
                .allSatisfy(
                        check -> assertThat(((Map<?, ?>) check).get("passed")).isEqualTo(true));
        assertThat((List<?>) report.get("measurements")).hasSize(2 * 5 + 7 + 2 + 2);
        assertThat(CudaMemory.live(0)).isEmpty();
    }

    @Test
    void whatIsNamedAloneIsMeasured() throws Exception {
        StringWriter printed = new StringWriter();

        GpuCheck.run(TINY, "swap", folder.resolve("reports"), new PrintWriter(printed));

        assertThat(TestData.json(file()).get("measurements").list())
                .singleElement()
                .satisfies(measured ->
                        assertThat(((Map<?, ?>) measured).get("name")).isEqualTo("swap F32, 2 Ki elements"));
    }

    private Path file() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("reports"))) {
            Path file = files.findFirst().orElseThrow();
            assertThat(file.getFileName().toString()).matches("gpu-check-stand-in-gpu-\\d{4}-\\d\\d-\\d\\d\\.json");
            return file;
        }
    }
}
