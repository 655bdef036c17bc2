package dev.polyak.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.bench.Result;
import dev.polyak.bench.Results;
import dev.polyak.cli.Cli;
import dev.polyak.cli.plot.Fonts;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Quartiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before minutes are spent, and what needs none; measuring itself is tested where it is done. */
class BenchCommandTest {
    @TempDir
    private Path folder;

    @Test
    void noMoreThreadsThanProcessors() {
        Cli run = Cli.run("bench", "--threads", 100_000, "--out", folder);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("--threads must be from 1 to");
    }

    @Test
    void aBaselineMustBeThere() {
        Cli run = Cli.run("bench", "--baseline", folder.resolve("none.json"), "--out", folder);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("none.json");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anEarlierRunIsPrintedAndDrawn() throws IOException {
        Quartiles millis = new Quartiles(1, 2, 3, 4);
        Result finding = new Result(
                "sizes",
                1024,
                new Figures(
                        "sizes: F32 1x1024",
                        9,
                        List.of(new Figures.Time("polyak, 1 thread", 12_288, millis)),
                        List.of()),
                Map.of(),
                List.of());
        Path file = folder.resolve("earlier.json");
        new Results(Instant.EPOCH, "short", Map.of("processor", "another"), List.of(finding), List.of(), List.of())
                .write(file);
        Path out = folder.resolve("out");

        Cli run = Cli.run("bench", "--from", file, "--baseline", file, "--out", out);

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("sizes: F32 1x1024", "3.0 ms", "another", "nothing is slower");
        assertThat(run.err()).contains("written to").doesNotContain("bench.json");
        assertThat(out.resolve("bench.json")).doesNotExist();
        assertThat(out.resolve("sizes.png").toFile().exists()).isEqualTo(Fonts.areThere());
    }

    @Test
    void whatBenchDidNotWriteIsNotRead() throws IOException {
        Path file = Files.writeString(folder.resolve("other.json"), "{\"machine\": []}");

        Cli run = Cli.run("bench", "--from", file, "--out", folder.resolve("out"));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("other.json' is not what bench wrote").contains("give the bench.json");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void whatMeasuresNothingTakesNoScale() {
        Cli run = Cli.run("bench", "--from", folder.resolve("any.json"), "--full", "--out", folder);

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("--from measures nothing");
    }
}
