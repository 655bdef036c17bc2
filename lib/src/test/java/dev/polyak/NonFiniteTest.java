package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.error.NonFiniteException;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NonFiniteTest {
    private final ParameterStore model = Numbers.random(Numbers.MODEL, 1);

    @AfterEach
    void close() {
        model.close();
    }

    private AverageBuilder averaging(NonFinitePolicy policy) {
        return averaging(policy, UpdateFormula.LERP);
    }

    private AverageBuilder averaging(NonFinitePolicy policy, UpdateFormula formula) {
        return ParameterAverage.builder(model)
                .rule(ScheduledRule.of(Schedules.decay(0.9)).formula(formula))
                .nonFinite(policy);
    }

    private void poison() {
        Numbers.set(model, "fc.weight", Double.NaN);
        Numbers.set(model, "fc.bias", Double.POSITIVE_INFINITY);
        Numbers.set(model, "scale", Double.NEGATIVE_INFINITY);
        Numbers.set(model, "norm.running_mean", Double.NaN); // copied, not averaged
        Numbers.set(model, "big.weight", Double.NaN);
    }

    @Test
    void byDefaultItIsMixedInAndStays() {
        try (ParameterAverage average = averaging(NonFinitePolicy.FOLD).build()) {
            poison();
            average.update();
            Numbers.randomize(model, 2);
            average.update();
            assertThat(Numbers.number(average.store(), "fc.weight")).isNaN();
            assertThat(average.skippedElements()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(UpdateFormula.class)
    void skippedElementsStayAndTheOthersMove(UpdateFormula formula) {
        try (ParameterAverage skipping =
                        averaging(NonFinitePolicy.SKIP_ELEMENT, formula).build();
                ParameterAverage plain =
                        averaging(NonFinitePolicy.FOLD, formula).build();
                ParameterStore before = ParameterStore.allocate(Numbers.MODEL, Device.cpu())) {
            Numbers.randomize(model, 2);
            before.copyFrom(skipping.store());
            poison();
            skipping.update();
            plain.update();
            for (String name : new String[] {"fc.weight", "fc.bias", "scale", "big.weight"}) {
                assertThat(Numbers.number(skipping.store(), name)).as(name).isEqualTo(Numbers.number(before, name));
                Numbers.set(plain.store(), name, Numbers.number(before, name));
            }
            assertThat(Numbers.firstDifference(skipping.store(), plain.store())).isEmpty();
            assertThat(skipping.skippedElements()).isEqualTo(4);
        }
    }

    @Test
    void aSkippedUpdateChangesNothingAndIsCounted() {
        try (ParameterAverage average = averaging(NonFinitePolicy.SKIP_UPDATE).build();
                ParameterStore before = ParameterStore.allocate(Numbers.MODEL, Device.cpu())) {
            before.copyFrom(average.store());
            poison();
            average.update();
            assertThat(Numbers.firstDifference(average.store(), before)).isEmpty();
            assertThat(average.skippedUpdates()).isEqualTo(1);
            assertThat(average.counters()).isEqualTo(new AverageCounters(1, 0));
            Numbers.randomize(model, 3);
            average.update();
            assertThat(Numbers.firstDifference(average.store(), before)).isNotEmpty();
            assertThat(average.counters()).isEqualTo(new AverageCounters(2, 1));
        }
    }

    @Test
    void anAbortedUpdateNamesATensorAndChangesNothing() {
        try (ParameterAverage average = averaging(NonFinitePolicy.ABORT).build();
                ParameterStore before = ParameterStore.allocate(Numbers.MODEL, Device.cpu())) {
            before.copyFrom(average.store());
            Numbers.set(model, "fc.bias", Double.NaN);
            assertThatThrownBy(average::update)
                    .isInstanceOf(NonFiniteException.class)
                    .hasMessageContaining("1 infinite or NaN elements")
                    .hasMessageContaining("'fc.bias'");
            assertThat(Numbers.firstDifference(average.store(), before)).isEmpty();
            assertThat(average.counters()).isEqualTo(AverageCounters.ZERO);
        }
    }

    @Test
    void whatIsCopiedIsNotLookedAt() {
        try (ParameterAverage average = averaging(NonFinitePolicy.ABORT).build()) {
            Numbers.set(model, "norm.running_mean", Double.NaN);
            average.update();
            assertThat(Numbers.number(average.store(), "norm.running_mean")).isNaN();
        }
    }
}
