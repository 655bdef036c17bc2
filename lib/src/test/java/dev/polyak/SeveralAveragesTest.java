package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.frameworks.Rules;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SeveralAveragesTest {
    private static final List<AverageRule> RULES = List.of(
            ScheduledRule.of(Schedules.decay(0.9)),
            ScheduledRule.of(Schedules.equal())
                    .formula(UpdateFormula.MEAN)
                    .every(2)
                    .buffers(BufferPolicy.AVERAGE)
                    .integers(IntegerPolicy.TRUNCATE),
            Rules.parse("composer.EMA(half_life='5ba', update_interval='2ba', ema_start='3ba')")
                    .rule(),
            Rules.parse("ema_pytorch.EMA(model, update_after_step=1, update_every=2)")
                    .rule());

    @Test
    void averagesThatShareTheirReadingsAreThoseThatDoNot() {
        assertSharingChangesNothing(RULES);
    }

    @Test
    void averagesOfOneOrderAreMixedInPairs() {
        assertSharingChangesNothing(Stream.of(0.9, 0.99, 0.999, 0.3, 0.8)
                .<AverageRule>map(decay -> ScheduledRule.of(Schedules.decay(decay)))
                .toList());
    }

    private static void assertSharingChangesNothing(List<AverageRule> rules) {
        try (ParameterStore model = Numbers.random(Numbers.MODEL, 0);
                ParameterAverage together =
                        ParameterAverage.builder(model).rules(rules).build()) {
            List<ParameterAverage> alone = new ArrayList<>();
            for (AverageRule rule : rules) {
                alone.add(ParameterAverage.builder(model).rule(rule).build());
            }
            for (int step = 1; step <= 9; step++) {
                Numbers.randomize(model, step);
                together.update();
                for (int k = 0; k < rules.size(); k++) {
                    alone.get(k).update();
                    assertThat(Numbers.firstDifference(
                                    together.average(k).store(), alone.get(k).store()))
                            .as("rule %d after step %d", k, step)
                            .isEmpty();
                }
            }
            alone.forEach(ParameterAverage::close);
        }
    }

    @Test
    void eachCanBeSwappedInAndTheyAreRestoredTogether() {
        try (ParameterStore model = Numbers.random(Numbers.MODEL, 0);
                ParameterStore raw = Numbers.random(Numbers.MODEL, 1);
                ParameterAverage average =
                        ParameterAverage.builder(model).rules(RULES).build();
                ParameterAverage resumed =
                        ParameterAverage.builder(model).rules(RULES).build();
                ParameterStore third = ParameterStore.allocate(Numbers.MODEL, Device.cpu())) {
            Numbers.randomize(model, 1);
            average.update();
            third.copyFrom(average.average(2).store());
            try (SwappedAverage swapped = average.average(2).swap()) {
                assertThat(swapped).isNotNull();
                assertThat(Numbers.firstDifference(model, third)).isEmpty();
            }
            assertThat(Numbers.firstDifference(model, raw)).isEmpty();
            resumed.restore(
                    average.counters(),
                    average.average(0).store(),
                    average.average(1).store(),
                    average.average(2).store(),
                    average.average(3).store());
            Numbers.randomize(model, 2);
            average.update();
            resumed.update();
            for (int k = 0; k < RULES.size(); k++) {
                assertThat(Numbers.firstDifference(
                                average.average(k).store(), resumed.average(k).store()))
                        .isEmpty();
            }
            assertThatThrownBy(() -> resumed.restore(
                            average.counters(), average.average(0).store()))
                    .hasMessage("there are 4 averages to restore, from 1 stores");
        }
    }

    @Test
    void averagesThatHoldDifferentTensorsAreRefused() {
        try (ParameterStore model = Numbers.random(Numbers.MODEL, 0)) {
            List<AverageRule> rules = List.of(
                    RULES.get(0), Rules.parse("EMAModel(model.parameters())").rule());
            assertThatThrownBy(
                            () -> ParameterAverage.builder(model).rules(rules).build())
                    .hasMessageContaining("must hold the same tensors");
        }
    }

    @Test
    void tensorsThatAreNotHeldStayWhereTheyAreInASwap() {
        try (ParameterStore model = Numbers.random(Numbers.MODEL, 0);
                ParameterStore before = Numbers.random(Numbers.MODEL, 0);
                ParameterAverage average = ParameterAverage.builder(model)
                        .rule(Rules.parse("EMAModel(model.parameters(), decay=0.5)")
                                .rule())
                        .build()) {
            assertThat(average.layout().indexOf("norm.running_mean")).isEqualTo(-1);
            Numbers.set(model, "scale", 7);
            average.update();
            average.update();
            try (SwappedAverage swapped = average.swap()) {
                assertThat(swapped).isNotNull();
                assertThat(HostStore.of(model)
                                .segment("norm.running_mean")
                                .mismatch(HostStore.of(before).segment("norm.running_mean")))
                        .isEqualTo(-1);
            }
            assertThat(Numbers.number(model, "scale")).isEqualTo(7);
        }
    }

    @Test
    void aDebiasedAverageKeepsItsStateAndDividesItsValue() {
        try (ParameterStore model = Numbers.random(Numbers.MODEL, 0);
                ParameterAverage average = ParameterAverage.builder(model)
                        .rule(Rules.parse("optax.ema(decay=0.75)").rule())
                        .build()) {
            assertThat(Numbers.number(average.store(), "scale")).isZero();
            Numbers.set(model, "scale", 8);
            average.update();
            assertThat(Numbers.number(average.store(), "scale")).isEqualTo(2);
            try (ParameterStore value = average.value();
                    SwappedAverage swapped = average.swap()) {
                assertThat(swapped).isNotNull();
                assertThat(Numbers.number(value, "scale")).isEqualTo(8);
                assertThat(Numbers.number(model, "scale")).isEqualTo(8);
            }
            assertThat(Numbers.number(average.store(), "scale")).isEqualTo(2);
        }
    }
}
