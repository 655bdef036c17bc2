package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.frameworks.Rules;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ForwardingRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.TreatmentOverrides;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that would ruin an average, from schedules and rules of the user's own. */
class RefusedWeightsTest {
    private final ParameterStore model =
            ParameterStore.allocate(ParameterLayout.of(TensorSpec.parameter("w", DType.F64)), Device.cpu());

    @AfterEach
    void free() {
        model.close();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, 1.5, -0.1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void areRefusedBeforeTheFirstWrite(double weight) {
        Schedule own = named("mine", n -> n < 3 ? 0.5 : weight);
        for (AverageRule rule : List.of(
                ScheduledRule.of(own),
                TreatmentOverrides.of(ScheduledRule.of(own)).refuse("nothing"))) {
            try (ParameterAverage average =
                    ParameterAverage.builder(model).rule(rule).build()) {
                step(average, 4);
                step(average, 4);
                double before = Numbers.number(average.store(), "w");
                assertThatIllegalStateException()
                        .isThrownBy(() -> step(average, 100))
                        .withMessage("the schedule mine gives call 3 the weight " + weight
                                + ": a weight must be between 0 and 1; nothing has changed");
                assertThat(Numbers.number(average.store(), "w")).isEqualTo(before);
                assertThat(average.counters()).isEqualTo(new AverageCounters(2, 2));
            }
        }
    }

    @Test
    void ofOneOfSeveralAveragesLeaveTheOthersAlone() {
        try (ParameterAverage average = ParameterAverage.builder(model)
                .rules(List.of(ScheduledRule.of(Schedules.decay(0.5)), ScheduledRule.of(n -> Double.NaN)))
                .build()) {
            assertThatIllegalStateException().isThrownBy(() -> step(average, 100));
            assertThat(Numbers.number(average.average(0).store(), "w")).isZero();
            assertThat(Numbers.number(average.average(1).store(), "w")).isZero();
        }
    }

    /** Of weight, decay and divisor each formula uses some, and those alone must be right. */
    @ParameterizedTest
    @EnumSource(UpdateFormula.class)
    void areThoseThatTheFormulaUses(UpdateFormula formula) {
        boolean decays = formula == UpdateFormula.BLEND || formula == UpdateFormula.MUL_ADD;
        boolean divides = formula == UpdateFormula.MEAN;
        assertRefused(formula, 1.5, 0.5, 2, divides ? null : "weight 1.5");
        assertRefused(formula, 0.5, -0.5, 2, decays ? "decay -0.5" : null);
        assertRefused(formula, 0.5, Double.NaN, 2, decays ? "decay NaN" : null);
        assertRefused(formula, 0.5, 0.5, 0.5, divides ? "divisor 0.5: a divisor must be at least 1" : null);
        assertRefused(formula, 0.5, 0.5, Double.NaN, divides ? "divisor NaN" : null);
        assertRefused(formula, 0, 1, Double.POSITIVE_INFINITY, null);
        assertRefused(formula, 1, 0, 1, null);
    }

    private void assertRefused(UpdateFormula formula, double weight, double decay, double divisor, String message) {
        Schedule own = new Schedule() {
            @Override
            public double weight(long n) {
                return weight;
            }

            @Override
            public double decay(long n) {
                return decay;
            }

            @Override
            public double divisor(long n) {
                return divisor;
            }
        };
        try (ParameterAverage average = ParameterAverage.builder(model)
                .rule(ScheduledRule.of(own).formula(formula))
                .build()) {
            if (message == null) {
                step(average, 1);
            } else {
                assertThatIllegalStateException()
                        .isThrownBy(() -> step(average, 1))
                        .withMessageContaining(message);
            }
        }
    }

    @Test
    void areRefusedByAFoldBeforeAnythingIsRead() {
        assertThatThrownBy(() -> ParameterFold.builder(List.of(model, model), ScheduledRule.of(named("mine", n -> 2)))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the schedule mine gives call 1 the weight 2.0: a weight must be between 0 and 1;"
                        + " nothing has changed");
    }

    @Test
    void ofAFrameworkAreTakenAsTheFrameworkTakesThemIfTheyAreFinite() {
        try (ParameterAverage average = ParameterAverage.builder(model)
                .rule(Rules.parse("e.lerp_(p, 1.5)").rule())
                .build()) {
            step(average, 2);
            assertThat(Numbers.number(average.store(), "w")).isEqualTo(3);
        }
        try (ParameterAverage average = ParameterAverage.builder(model)
                .rule(Rules.parse("e.lerp_(p, 1e999)").rule())
                .build()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> step(average, 2))
                    .withMessageContaining("gives call 1 the weight Infinity: a weight must be finite");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, Double.NaN, Double.POSITIVE_INFINITY})
    void divisorsOfADebiasedAverageAreRefusedToo(double divisor) {
        AverageRule rule = debiased(divisor);
        String message = "says that its average is divided by " + divisor + " after 1 call: debiasing must be a finite"
                + " number other than 0; nothing has changed";
        try (ParameterAverage average =
                ParameterAverage.builder(model).rule(rule).build()) {
            assertThatIllegalStateException().isThrownBy(() -> step(average, 2)).withMessageContaining(message);
            assertThat(Numbers.number(average.store(), "w")).isZero();
            average.restore(new AverageCounters(1, 1), model);
            assertThatIllegalStateException()
                    .isThrownBy(() -> average.value().close())
                    .withMessageContaining(message);
            assertThatIllegalStateException()
                    .isThrownBy(() -> average.swap().close())
                    .withMessageContaining(message);
        }
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> ParameterFold.builder(List.of(model, model), rule).build())
                .withMessageContaining(message);
    }

    private static AverageRule debiased(double divisor) {
        AverageRule usual = ScheduledRule.of(Schedules.decay(0.5));
        return new ForwardingRule() {
            @Override
            public AverageRule rule() {
                return usual;
            }

            @Override
            public double debiasing(long calls) {
                return calls == 0 ? 1 : divisor;
            }
        };
    }

    private void step(ParameterAverage average, double value) {
        Numbers.set(model, "w", value);
        average.update();
    }

    private static Schedule named(String name, Schedule weights) {
        return new Schedule() {
            @Override
            public double weight(long n) {
                return weights.weight(n);
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }
}
