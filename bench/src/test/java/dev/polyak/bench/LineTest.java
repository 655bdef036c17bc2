package dev.polyak.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polyak.bench.Line.Point;
import java.util.List;
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
}
