package dev.polyak.gpucheck.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaceTest {
    private final List<String> laps = new ArrayList<>();

    @Test
    void waysTakeTurnsAndAnotherBeginsEachRound() throws Exception {
        Race.run("it", 3, List.of(way("a", 1, 1), way("b", 1, 1)));

        assertThat(String.join("", laps)).isEqualTo("ab" + "ab" + "ba" + "ab");
    }

    @Test
    void ratiosAreTakenRoundByRound() throws Exception {
        Figures figures = Race.run("it", 5, List.of(way("a", 30, 2), way("b", 10, 3)))
                .speed("a", "b")
                .bandwidth("a", "b")
                .speed("a", "nobody")
                .figures();

        assertThat(figures.ratios()).hasSize(2);
        assertThat(median(figures, Figures.speed("a", "b"))).isEqualTo(1.5);
        assertThat(median(figures, Figures.bandwidth("a", "b"))).isEqualTo(4.5);
        assertThat(figures.times().get(0).millis()).isEqualTo(new Quartiles(2, 2, 2, 2));
        assertThat(figures.times().get(0).gigabytesPerSecond()).isEqualTo(30 / 2e-3 / 1e9);
    }

    @Test
    void aWholeIsHeldAgainstItsSlowerPart() throws Exception {
        Figures figures = Race.run("it", 5, List.of(way("whole", 1, 4), way("a", 1, 2), way("b", 1, 3)))
                .speed("whole", "a", "b")
                .speed("whole", "a", "nobody")
                .figures();

        assertThat(figures.ratios()).hasSize(1);
        assertThat(median(figures, Figures.speed("whole", "a", "b"))).isEqualTo(0.75);
    }

    @Test
    void aSpreadIsOrdered() {
        assertThat(Quartiles.of(new double[] {5, 1, 4, 2, 3})).isEqualTo(new Quartiles(1, 2, 3, 4));
        assertThat(Quartiles.of(new double[] {2, 1})).isEqualTo(new Quartiles(1, 1.25, 1.5, 1.75));
    }

    private static double median(Figures figures, String ratio) {
        return figures.ratio(ratio).orElseThrow().spread().median();
    }

    private Contender way(String name, long bytes, double millis) {
        return new Contender(name, bytes, () -> {
            laps.add(name);
            return millis;
        });
    }
}
