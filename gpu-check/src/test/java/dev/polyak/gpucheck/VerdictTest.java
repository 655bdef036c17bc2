package dev.polyak.gpucheck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.gpucheck.check.Outcome;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Quartiles;
import dev.polyak.gpucheck.measure.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Outcome PASSED = new Outcome("a", true, 10, "");
    private static final Outcome FAILED = new Outcome("b", false, 10, "element 3 differs");

    @Test
    void aFailedCheckIsAFailure() {
        assertThat(Verdict.of(List.of(PASSED, FAILED), List.of()).get(0).label())
                .isEqualTo("FAIL");
        assertThat(Verdict.of(List.of(PASSED), List.of()).get(0).label()).isEqualTo("PASS");
    }

    @Test
    void aFigureBelowWhatIsRequiredIsAFailure() {
        assertThat(verdict(0.9199).label()).isEqualTo("FAIL");
        assertThat(verdict(0.92).label()).isEqualTo("PASS");
    }

    @Test
    void whatWasNotMeasuredHasNeitherPassedNorFailed() {
        assertThat(Verdict.of(List.of(PASSED), List.of()))
                .hasSize(1 + Requirement.all().size())
                .noneMatch(Verdict::isFailed)
                .last()
                .extracting(Verdict::label)
                .isEqualTo("NOT MEASURED");
    }

    private static Verdict verdict(double found) {
        Requirement required = Requirement.all().get(0);
        Figures.Ratio ratio = new Figures.Ratio(required.ratio(), new Quartiles(found, found, found, found));
        Figures figures = new Figures(required.figures(), 1, List.of(), List.of(ratio));
        return Verdict.of(List.of(PASSED), List.of(figures)).get(1);
    }
}
