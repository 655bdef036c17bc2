package dev.polyak.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    @Test
    void aDecayIsKeptAsItIs() {
        // 1 - (1 - 0.1) is 0.09999999999999998
        assertThat(Schedules.decay(0.1).decay(1)).isEqualTo(0.1);
        assertThat(Schedules.decay(0.1).weight(1)).isEqualTo(0.9);
        assertThat(Schedules.momentum(0.1).weight(7)).isEqualTo(0.1);
        assertThat(Schedules.momentum(0.1).decay(7)).isEqualTo(0.9);
    }

    @Test
    void weightsOfTheGoldenCases() {
        assertThat(weights(Schedules.decay(0.9).warmup(Warmup.inverseGamma(1, 1)), 11))
                .containsExactly(
                        0.5,
                        0.33333333333333326,
                        0.25,
                        0.19999999999999996,
                        0.16666666666666663,
                        0.1428571428571428,
                        0.125,
                        0.11111111111111116,
                        0.09999999999999998,
                        0.09999999999999998,
                        0.09999999999999998);
        assertThat(weights(Schedules.decay(0.9).warmup(Warmup.inverseGamma(1, 0.75)), 5))
                .containsExactly(
                        0.5946035575013605,
                        0.4386913376508308,
                        0.35355339059327373,
                        0.29906975624424414,
                        0.26084743001221455);
        assertThat(weights(Schedules.momentum(0.1).warmup(Warmup.annealing(4)), 4))
                .containsExactly(0.8, 0.6666666666666666, 0.5714285714285714, 0.5);
        assertThat(weights(Schedules.momentum(0.1).warmup(Warmup.linear(0.5, 6)), 8))
                .containsExactly(0.5, 0.42, 0.33999999999999997, 0.25999999999999995, 0.18, 0.1, 0.1, 0.1);
        assertThat(weights(Schedules.halfLife(5, 2), 2)).containsExactly(0.242141716744801, 0.242141716744801);
        assertThat(weights(Schedules.equal(), 3)).containsExactly(0.5, 1 / 3.0, 0.25);
    }

    @Test
    void theRampIsTensorFlows() {
        Schedule ramp = Schedules.decay(0.9).warmup(Warmup.ramp());
        assertThat(ramp.decay(1)).isEqualTo(2 / 11.0);
        assertThat(ramp.decay(1000)).isEqualTo(0.9);
    }

    @Test
    void anInverseGammaStaysBetweenItsBounds() {
        Schedule schedule = Schedules.decay(0.7).warmup(Warmup.inverseGamma(1, 1, 0.6));
        assertThat(LongStream.rangeClosed(1, 4).mapToDouble(schedule::decay))
                .containsExactly(0.6, 1 - 1 / 3.0, 0.7, 0.7);
    }

    @Test
    void aLinearWarmupMayRiseOrTakeOneStep() {
        assertThat(weights(Schedules.momentum(0.3).warmup(Warmup.linear(0.1, 3)), 4))
                .containsExactly(0.1, 0.2, 0.3, 0.3);
        assertThat(weights(Schedules.momentum(0.3).warmup(Warmup.linear(0.5, 1)), 2))
                .containsExactly(0.5, 0.3);
    }

    /** The numbers of DINO's cosine_scheduler(0.996, 1, epochs=1, niter_per_ep=5), and 1 from then on. */
    @Test
    void aCosineIsThatOfTheTeachersMomentum() {
        Schedule schedule = Schedules.cosine(0.996, 1, 5);
        double[] expected = {0.996, 0.9963819660112502, 0.9973819660112502, 0.9986180339887498, 0.9996180339887498, 1};
        for (int n = 1; n <= expected.length; n++) {
            assertThat(schedule.decay(n)).isCloseTo(expected[n - 1], within(0x1p-53));
            assertThat(schedule.weight(n)).isEqualTo(1 - schedule.decay(n));
        }
        assertThat(schedule.decay(1)).isEqualTo(0.996);
        assertThat(schedule.decay(Long.MAX_VALUE)).isEqualTo(1);
        assertThat(Schedules.cosine(1e-20, 1, 3).decay(1)).as("1 - 1 is 0").isEqualTo(1e-20);
        assertThat(Schedules.cosine(0.9, 0.1, 2).decay(2)).as("down").isCloseTo(0.5, within(1e-15));
    }

    @Test
    void aWeightedMeanGivesEachStateItsShare() {
        double[] shares = {3, 0, 1, 4};
        double[] average = {1, 0, 0, 0};
        Schedule schedule = Schedules.weights(shares);
        for (int n = 1; n < 4; n++) {
            for (int i = 0; i < 4; i++) {
                average[i] += schedule.weight(n) * ((i == n ? 1 : 0) - average[i]);
            }
        }
        for (int i = 0; i < 4; i++) {
            assertThat(average[i]).isCloseTo(shares[i] / 8, within(1e-15));
        }
        assertThat(Schedules.weights(0, 0, 5).weight(1))
                .as("nothing to keep of a state without weight")
                .isEqualTo(1);
        assertThatThrownBy(() -> schedule.weight(4)).hasMessageContaining("update 4 has no weight");
    }

    @Test
    void aDecayOverStepsReachesAsFarBack() {
        Schedule schedule = Schedules.decay(0.999).over(10);
        assertThat(schedule.decay(1)).isCloseTo(Math.pow(0.999, 10), within(1e-15));
        assertThat(Schedules.halfLife(100).over(100).decay(1)).isCloseTo(0.5, within(1e-14));
        assertThat(Schedules.halfLife(100, 100).decay(1)).isEqualTo(0.5);
    }

    @Test
    void aSequenceCountsAnew() {
        Schedule schedule = Schedules.equal().then(2, Schedules.decay(0.5).warmup(Warmup.ramp()));
        assertThat(schedule.weight(2)).isEqualTo(1 / 3.0);
        assertThat(schedule.divisor(2)).isEqualTo(3);
        assertThat(schedule.decay(3)).isEqualTo(2 / 11.0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "decay(1.5)",
                "decay(-0.1)",
                "decay(NaN)",
                "momentum(2)",
                "half-life(0,1)",
                "half-life(5,0)",
                "weights(-1,2)",
                "weights(0,0)",
                "weights()",
                "cosine(0.9,1)",
                "cosine(0.9,1.1,5)",
                "cosine(-1,1,5)",
                "cosine(0.9,1,0)",
                "cosine(0.9,1,2.5)",
                "equal(",
                "decay(0.9",
                "decay(x)",
                "sum()",
                "decay(0.9).warmup(ramp:1)",
                "decay(0.9).warmup(cosine)",
                "decay(0.9).over(0)",
                "decay(0.9).over(x)",
                "decay(0.9).over(3000000000)",
                "decay(0.9).then(3)",
                "decay(0.9).then(3,equal())x",
                "decay(0.9)x",
                "",
                "decay(0.9).warmup(linear:2:5)",
                "decay(0.9).warmup(linear:0.5:x)",
                "decay(0.9).warmup(annealing:-1)",
                "decay(0.9).warmup(inverse-gamma:0:1)",
                "decay(0.9).warmup(inverse-gamma:1:1:2)"
            })
    void whatIsNoScheduleIsRefused(String text) {
        assertThatThrownBy(() -> Schedules.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).{20,}");
    }

    @Property(tries = 500)
    void whatIsPrintedCanBeRead(
            @ForAll("schedules") Schedule schedule, @ForAll @LongRange(min = 1, max = 10_000) long n) {
        Schedule read = Schedules.parse(schedule.toString());
        assertThat(read).isEqualTo(schedule).hasToString(schedule.toString());
        assertThat(read.weight(n)).isEqualTo(schedule.weight(n));
        assertThat(read.decay(n)).isEqualTo(schedule.decay(n));
        assertThat(read.divisor(n)).isEqualTo(schedule.divisor(n));
    }

    @Property(tries = 500)
    void weightsAndDecaysAreFractionsThatAddUp(
            @ForAll("schedules") Schedule schedule, @ForAll @LongRange(min = 1, max = 1L << 40) long n) {
        assertThat(schedule.weight(n)).isBetween(0.0, 1.0);
        assertThat(schedule.decay(n)).isBetween(0.0, 1.0);
        assertThat(schedule.weight(n) + schedule.decay(n)).isCloseTo(1, within(0x1p-52));
    }

    @ParameterizedTest
    @CsvSource({
        "lerp,LERP",
        "mul-add,MUL_ADD",
        "blend,BLEND",
        "step-back,STEP_BACK",
        "step-back-fused,STEP_BACK_FUSED",
        "towards,TOWARDS",
        "mean,MEAN"
    })
    void ordersHaveTheirNames(String label, UpdateFormula formula) {
        assertThat(UpdateFormula.parse(label)).isSameAs(formula);
        assertThat(formula.label()).isEqualTo(label);
        assertThatThrownBy(() -> UpdateFormula.parse(label + "x")).hasMessageContaining("there are lerp, mul-add");
    }

    @Provide
    Arbitrary<Schedule> schedules() {
        Arbitrary<Double> fractions = Arbitraries.doubles().between(0, 1).ofScale(6);
        Arbitrary<Double> positive = Arbitraries.doubles().between(0.001, 1000).ofScale(3);
        Arbitrary<Warmup> warmups = Arbitraries.oneOf(
                Combinators.combine(positive, positive.map(x -> x / 1000), fractions)
                        .as(Warmup::inverseGamma),
                positive.map(Warmup::annealing),
                Arbitraries.just(Warmup.ramp()),
                Combinators.combine(fractions, Arbitraries.longs().between(1, 1000))
                        .as(Warmup::linear));
        Arbitrary<Schedule> bases = Arbitraries.oneOf(
                fractions.map(Schedules::decay),
                fractions.map(Schedules::momentum),
                Combinators.combine(positive, Arbitraries.integers().between(1, 50))
                        .as(Schedules::halfLife),
                Combinators.combine(fractions, fractions, Arbitraries.longs().between(1, 20_000))
                        .as(Schedules::cosine),
                Arbitraries.just(Schedules.equal()));
        Arbitrary<Schedule> warm =
                Arbitraries.oneOf(bases, Combinators.combine(bases, warmups).as(Schedule::warmup));
        return Arbitraries.oneOf(
                warm,
                Combinators.combine(warm, Arbitraries.integers().between(1, 20)).as(Schedule::over),
                Combinators.combine(warm, Arbitraries.longs().between(1, 100), warm)
                        .as(Schedule::then));
    }

    private static Double[] weights(Schedule schedule, int count) {
        return LongStream.rangeClosed(1, count).mapToObj(schedule::weight).toArray(Double[]::new);
    }
}
