package dev.polyak.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polyak.bench.Line.Point;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Quartiles;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LineTest {
    @Test
    void pointsOnALineGiveIt() {
        Line line = Line.through(
                "update", "element", List.of(new Point(1000, 0.003), new Point(2000, 0.004), new Point(1e6, 1.002)));
        assertThat(line.fixedMicros()).isEqualTo(2, within(1e-6));
        assertThat(line.nanosPerUnit()).isEqualTo(1, within(1e-9));
    }

    @Test
    void largePointsDoNotDrownSmallOnes() {
        Line line = Line.through(
                "update", "element", List.of(new Point(1000, 0.003), new Point(2000, 0.004), new Point(1e6, 1.1)));
        assertThat(line.fixedMicros()).isEqualTo(2, within(0.3));
    }

    @Test
    void updatesOnAGpuHaveALine() {
        List<Result> findings = LongStream.of(1 << 10, 1 << 20, 1 << 30)
                .mapToObj(elements -> new Result(
                        "GPU",
                        elements,
                        new Figures(
                                "update F32 -> F32, " + elements + " elements",
                                9,
                                List.of(time("copy", 1), time("update", 0.004 + elements * 1e-9)),
                                List.of()),
                        Map.of("update", "copy"),
                        List.of()))
                .toList();

        assertThat(Lines.of(findings)).singleElement().satisfies(line -> {
            assertThat(line.what()).isEqualTo("GPU: update F32 -> F32");
            assertThat(line.fixedMicros()).isEqualTo(4, within(1e-3));
            assertThat(line.nanosPerUnit()).isEqualTo(0.001, within(1e-6));
        });
    }

    private static Figures.Time time(String way, double millis) {
        return new Figures.Time(way, 12, new Quartiles(millis, millis, millis, millis));
    }
}
