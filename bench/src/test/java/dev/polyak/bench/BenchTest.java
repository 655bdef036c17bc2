package dev.polyak.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.gpucheck.measure.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything, in sizes that say nothing. */
class BenchTest {
    @TempDir
    private static Path folder;

    private static final List<Result> TOLD = new ArrayList<>();
    private static Results results;

    @BeforeAll
    static void run() throws IOException {
        results = Bench.run(Scale.TINY, 2, false, folder, TOLD::add);
    }

    @Test
    void everyQuestionIsAnswered() {
        assertThat(results.leftOut()).isEmpty();
        assertThat(results.findings())
                .extracting(Result::chapter)
                .contains("backends", "sizes", "tensors", "threads", "large update", "GPT-2 small", "averages")
                .contains("policies", "stores", "files");
        assertThat(results.findings())
                .allSatisfy(finding -> assertThat(finding.figures().times())
                        .allSatisfy(time -> assertThat(time.millis().least()).isPositive()));
        assertThat(TOLD).isEqualTo(results.findings());
    }

    @Test
    void whatHasALimitSaysHowNearItIs() {
        for (Result finding : results.chapter("sizes")) {
            assertThat(finding.ofLimit("polyak, 1 thread")).isPresent();
            assertThat(finding.ofLimit("polyak, 2 threads")).isPresent();
        }
    }

    @Test
    void costsAreFitted() {
        assertThat(results.lines())
                .extracting(Line::unit)
                .contains("element", "tensor of 1024 elements", "part of the work");
    }

    @Test
    void nothingStaysInTheFolder() {
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void theJsonIsRead(@TempDir Path elsewhere) throws IOException {
        Path file = elsewhere.resolve("bench.json");
        results.write(file);
        assertThat(Results.read(file).json()).isEqualTo(results.json());
        JsonTree json = JsonTree.read(file);
        assertThat(json.member("machine").member("processor").value()).isNotEqualTo("");
        assertThat(json.member("findings").elements()).hasSameSizeAs(results.findings());
        Figures.Time first = results.findings().get(0).figures().times().get(0);
        JsonTree read = json.member("findings")
                .elements()
                .get(0)
                .member("ways")
                .elements()
                .get(0);
        assertThat(read.member("millis").member("median").number())
                .isEqualTo(first.millis().median());
    }
}
