package dev.polyak.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Quartiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselineTest {
    @TempDir
    private Path folder;

    @Test
    void aSlowDownIsFoundAndNamed() throws IOException {
        Baseline before = written(results(10, 11, 12));
        assertThat(before.slower(results(12.5, 13, 14))).singleElement().satisfies(slower -> {
            assertThat(slower.what()).isEqualTo("sizes: F32 1x1024: polyak");
            assertThat(slower.factor()).isEqualTo(13 / 11.0);
        });
    }

    @Test
    void noiseIsNoSlowDown() throws IOException {
        Baseline before = written(results(10, 11, 12));
        assertThat(before.slower(results(10, 11, 12))).isEmpty();
        assertThat(before.slower(results(11.5, 14, 20))).isEmpty(); // the quartiles touch
        assertThat(before.slower(results(5, 6, 7))).isEmpty();
        assertThat(written(results(10, 10, 10)).slower(results(10.1, 10.2, 10.3)))
                .isEmpty(); // two percent
    }

    @Test
    void aBusyMachineIsNoSlowDown() throws IOException {
        Baseline before = written(limited(10, 0.9));
        assertThat(before.slower(limited(20, 0.9))).isEmpty();
        assertThat(before.slower(limited(20, 0.5))).hasSize(1);
        assertThat(before.slower(limited(10, 0.5))).isEmpty(); // the limit is higher
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("other.json"), "{\"a\": [1]}");
        assertThatThrownBy(() -> Results.read(file))
                .hasMessageContaining("is not what bench wrote (it has no machine)");
        Path text = Files.writeString(folder.resolve("text"), "no JSON");
        assertThatThrownBy(() -> Results.read(text)).hasMessageContaining("is not what bench wrote");
    }

    private Baseline written(Results results) throws IOException {
        Path file = folder.resolve("bench.json");
        results.write(file);
        return new Baseline(Results.read(file));
    }

    private static Results results(double lower, double median, double upper) {
        Figures.Time time = new Figures.Time("polyak", 12_288, new Quartiles(lower, lower, median, upper));
        Figures figures = new Figures("sizes: F32 1x1024", 9, List.of(time), List.of());
        return Results.of(
                Scale.TINY.name(), List.of(new Result("sizes", 1024, figures, Map.of(), List.of())), List.of());
    }

    private static Results limited(double millis, double ofLimit) {
        Quartiles limit = new Quartiles(5, 5, 5, 5);
        Figures figures = new Figures(
                "sizes: F32 1x1024",
                9,
                List.of(
                        new Figures.Time("polyak", 12_288, new Quartiles(millis, millis, millis, millis)),
                        new Figures.Time("triad", 12_288, limit)),
                List.of(new Figures.Ratio(
                        Figures.bandwidth("polyak", "triad"), new Quartiles(ofLimit, ofLimit, ofLimit, ofLimit))));
        return Results.of(
                Scale.TINY.name(),
                List.of(new Result("sizes", 1024, figures, Map.of("polyak", "triad"), List.of())),
                List.of());
    }
}
