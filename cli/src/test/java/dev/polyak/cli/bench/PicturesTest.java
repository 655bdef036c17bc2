package dev.polyak.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.polyak.bench.Finding;
import dev.polyak.bench.Results;
import dev.polyak.cli.plot.Fonts;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Spread;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void fonts() {
        assumeTrue(Fonts.areThere(), Fonts.MISSING);
    }

    @Test
    void theBarsAreBelowTheirLimit() throws IOException {
        Path file = folder.resolve("limits.png");
        LimitsPicture.write(
                results(
                        backends("F32", time("polyak, vector 512", 4), time("C, vector 512", 3)),
                        backends("BF16", time("polyak, vector 512", 5))),
                file);
        assertThat(colors(file)).isGreaterThan(3);
    }

    @Test
    void theCurvesGrow() throws IOException {
        Path file = folder.resolve("sizes.png");
        Finding[] findings = LongStream.of(1024, 65_536, 1 << 24)
                .mapToObj(elements -> new Finding(
                        "sizes",
                        elements,
                        figures("sizes: F32 1x" + elements, time("polyak, 1 thread", elements / 1e6)),
                        Map.of(),
                        List.of()))
                .toArray(Finding[]::new);
        SizesPicture.write(results(findings), file);
        assertThat(colors(file)).isGreaterThan(3);
    }

    @Test
    void theGpuIsBesideTheCpu() throws IOException {
        Path without = folder.resolve("without.png");
        Path with = folder.resolve("with.png");
        Path gpu = folder.resolve("gpu.png");
        Finding cpu = new Finding(
                "sizes",
                1024,
                figures("sizes: F32 1x1024", time("polyak, 1 thread", 4), time("polyak, 2 threads", 5)),
                Map.of(),
                List.of());
        Finding update = new Finding(
                "GPU",
                1 << 20,
                figures("update F32 -> F32, 1 Mi elements", time("copy", 1), time("update", 2)),
                Map.of("update", "copy"),
                List.of());

        SizesPicture.write(results(cpu), without);
        SizesPicture.write(results(cpu, update), with);

        assertThat(colors(with)).isGreaterThan(colors(without));
        assertThat(LimitsPicture.writeGpu(results(cpu, update), gpu)).isTrue();
        assertThat(colors(gpu)).isGreaterThan(3);
        assertThat(LimitsPicture.writeGpu(results(cpu), gpu)).isFalse();
    }

    private static Finding backends(String types, Figures.Time... ours) {
        List<Figures.Time> times = new ArrayList<>(List.of(time("triad, vector 512", 2)));
        times.addAll(List.of(ours));
        Map<String, String> limits = new LinkedHashMap<>();
        for (Figures.Time time : ours) {
            limits.put(time.way(), "triad, vector 512");
        }
        return new Finding(
                "backends",
                1 << 20,
                figures("backends: " + types, times.toArray(Figures.Time[]::new)),
                limits,
                List.of());
    }

    private static Figures.Time time(String way, double millis) {
        return new Figures.Time(way, 12 << 20, new Spread(millis, millis, millis, millis));
    }

    private static Figures figures(String name, Figures.Time... times) {
        return new Figures(name, 9, List.of(times), List.of());
    }

    private static Results results(Finding... findings) {
        return new Results(Instant.EPOCH, "tiny", Map.of(), List.of(findings), List.of(), List.of());
    }

    private static long colors(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        return Arrays.stream(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
                .distinct()
                .count();
    }
}
