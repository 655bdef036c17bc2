package dev.polyak.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.polyak.bench.Result;
import dev.polyak.bench.Results;
import dev.polyak.cli.plot.Fonts;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Measurement;
import dev.polyak.gpucheck.measure.Measurements;
import dev.polyak.gpucheck.measure.Quartiles;
import dev.polyak.gpucheck.measure.Scale;
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
    /** The third and the fourth curve's. */
    private static final int ON_GPU = 0xff_d9_6b_1d;

    private static final int OFF_GPU = 0xff_f0_b4_84;

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
        Result[] findings = LongStream.of(1024, 65_536, 1 << 24)
                .mapToObj(elements -> new Result(
                        "sizes",
                        elements,
                        figures("sizes: F32 1x" + elements, time("polyak, 1 thread", elements / 1e6)),
                        Map.of(),
                        List.of()))
                .toArray(Result[]::new);
        SizesPicture.write(results(findings), file);
        assertThat(colors(file)).isGreaterThan(3);
    }

    @Test
    void theGpuIsBesideTheCpu() throws IOException {
        Path without = folder.resolve("without.png");
        Path with = folder.resolve("with.png");
        Path gpu = folder.resolve("gpu.png");
        Result cpu = new Result(
                "sizes",
                1024,
                figures("sizes: BF16_TO_F32 1x1024", time("polyak, 1 thread", 4), time("polyak, 2 threads", 5)),
                Map.of(),
                List.of());
        List<Result> all = new ArrayList<>(List.of(cpu));
        for (Measurement measurement : Measurements.all(Scale.QUICK)) {
            all.add(new Result(
                    "GPU",
                    measurement.elements(),
                    figures(
                            measurement.name(),
                            time("copy", 1),
                            time("plain copy to the host", 1),
                            time("update", 2),
                            time("update among others", 3)),
                    measurement.limits(),
                    List.of()));
        }

        SizesPicture.write(results(cpu), without);
        SizesPicture.write(results(all.toArray(Result[]::new)), with);

        assertThat(pixels(with, ON_GPU)).isPositive();
        assertThat(pixels(with, OFF_GPU)).isPositive();
        assertThat(pixels(without, ON_GPU) + pixels(without, OFF_GPU)).isZero();
        assertThat(LimitsPicture.writeGpu(results(all.toArray(Result[]::new)), gpu))
                .isTrue();
        assertThat(colors(gpu)).isGreaterThan(3);
        assertThat(LimitsPicture.writeGpu(results(cpu), gpu)).isFalse();
    }

    private static Result backends(String types, Figures.Time... ours) {
        List<Figures.Time> times = new ArrayList<>(List.of(time("triad, vector 512", 2)));
        times.addAll(List.of(ours));
        Map<String, String> limits = new LinkedHashMap<>();
        for (Figures.Time time : ours) {
            limits.put(time.way(), "triad, vector 512");
        }
        return new Result(
                "backends",
                1 << 20,
                figures("backends: " + types, times.toArray(Figures.Time[]::new)),
                limits,
                List.of());
    }

    private static Figures.Time time(String way, double millis) {
        return new Figures.Time(way, 12 << 20, new Quartiles(millis, millis, millis, millis));
    }

    private static Figures figures(String name, Figures.Time... times) {
        return new Figures(name, 9, List.of(times), List.of());
    }

    private static Results results(Result... findings) {
        return new Results(Instant.EPOCH, "tiny", Map.of(), List.of(findings), List.of(), List.of());
    }

    private static long pixels(Path file, int color) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        return Arrays.stream(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
                .filter(pixel -> pixel == color)
                .count();
    }

    private static long colors(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        return Arrays.stream(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
                .distinct()
                .count();
    }
}
