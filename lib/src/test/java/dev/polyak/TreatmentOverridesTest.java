package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.rule.AverageRule;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.Treatment;
import dev.polyak.rule.TreatmentOverrides;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.NamePattern;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreatmentOverridesTest {
    private static final ScheduledRule RULE = ScheduledRule.of(Schedules.momentum(0.25))
            .formula(UpdateFormula.BLEND)
            .every(2)
            .start(3);
    private static final TensorSpec HEAD = TensorSpec.parameter("head.weight", DType.F32, 3);
    private static final TensorSpec MEAN = TensorSpec.buffer("bn.running_mean", DType.F32, 3);
    private static final TensorSpec TRACKED = TensorSpec.buffer("bn.num_batches_tracked", DType.I64);
    private static final ParameterLayout LAYOUT = ParameterLayout.of(HEAD, MEAN, TRACKED);

    @Test
    void theLastOverrideThatFitsDecides() {
        TreatmentOverrides rule = TreatmentOverrides.of(RULE)
                .role(Role.BUFFER, Treatment.AVERAGE)
                .role(Role.PARAMETER, Treatment.COPY)
                .named("head.*", Treatment.LEAVE)
                .named("*.weight", Treatment.FREEZE);
        assertThat(rule.treatment(HEAD)).isEqualTo(Treatment.FREEZE);
        assertThat(rule.treatment(TensorSpec.parameter("head.bias", DType.F32))).isEqualTo(Treatment.LEAVE);
        assertThat(rule.treatment(TensorSpec.parameter("neck.bias", DType.F32))).isEqualTo(Treatment.COPY);
        assertThat(rule.treatment(MEAN)).isEqualTo(Treatment.AVERAGE);
        assertThat(rule.treatment(TRACKED))
                .as("integers have a policy of their own")
                .isEqualTo(Treatment.COPY);
        assertThat(rule.named("*tracked", Treatment.TRUNCATE).treatment(TRACKED))
                .isEqualTo(Treatment.TRUNCATE);
        assertThat(rule.treatment(TRACKED)).as("it stayed as it was").isEqualTo(Treatment.COPY);
    }

    @Test
    void everythingElseIsTheRules() {
        AverageRule debiased = new AverageRule() {
            @Override
            public Call call(long number) {
                return Call.COPY_THEN_UPDATE;
            }

            @Override
            public double weight(long number) {
                return 0.1;
            }

            @Override
            public double decay(long number) {
                return 0.2;
            }

            @Override
            public double divisor(long number) {
                return 0.3;
            }

            @Override
            public UpdateFormula formula() {
                return UpdateFormula.MEAN;
            }

            @Override
            public Treatment treatment(TensorSpec tensor) {
                return Treatment.AVERAGE;
            }

            @Override
            public boolean startsAtZero() {
                return true;
            }

            @Override
            public double debiasing(long calls) {
                return 0.4;
            }
        };
        TreatmentOverrides rule = TreatmentOverrides.of(debiased);
        assertThat(rule.call(1)).isEqualTo(AverageRule.Call.COPY_THEN_UPDATE);
        assertThat(rule.weight(1)).isEqualTo(0.1);
        assertThat(rule.decay(1)).isEqualTo(0.2);
        assertThat(rule.divisor(1)).isEqualTo(0.3);
        assertThat(rule.formula()).isEqualTo(UpdateFormula.MEAN);
        assertThat(rule.startsAtZero()).isTrue();
        assertThat(rule.debiasing(1)).isEqualTo(0.4);
        assertThat(rule.treatment(HEAD)).isEqualTo(Treatment.AVERAGE);
    }

    @Test
    void aRefusedTensorIsAnErrorBeforeMemoryIsTaken() {
        TreatmentOverrides rule = TreatmentOverrides.of(RULE).refuse("*.num_*");
        try (ParameterStore model = ParameterStore.allocate(LAYOUT, Device.cpu())) {
            assertThatThrownBy(() -> ParameterAverage.builder(model).rule(rule).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'bn.num_batches_tracked' fits '*.num_*', which is to be refused");
            assertThatThrownBy(() -> ParameterAverage.builder(model)
                            .rule(ScheduledRule.of(Schedules.equal()).integers(IntegerPolicy.REFUSE))
                            .build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'bn.num_batches_tracked' is I64, and integers are to be refused");
            ParameterAverage.builder(model)
                    .rule(rule.named("bn.*", Treatment.OMIT))
                    .build()
                    .close();
        }
    }

    @Test
    void aBooleanCannotBeTruncated() {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.buffer("mask", DType.BOOL, 3));
        try (ParameterStore model = ParameterStore.allocate(layout, Device.cpu())) {
            assertThatThrownBy(() -> ParameterAverage.builder(model)
                            .rule(TreatmentOverrides.of(RULE).named("mask", Treatment.TRUNCATE))
                            .build())
                    .hasMessageContaining("'mask' is BOOL and cannot be truncated");
        }
    }

    @Test
    void aFrozenTensorStaysWhileTheOthersAreAveraged() {
        ParameterLayout layout =
                ParameterLayout.of(TensorSpec.parameter("a", DType.F32), TensorSpec.parameter("b", DType.F32));
        try (ParameterStore model = ParameterStore.allocate(layout, Device.cpu())) {
            TreatmentOverrides rule = TreatmentOverrides.of(ScheduledRule.of(Schedules.momentum(0.25)))
                    .named("b", Treatment.FREEZE);
            try (ParameterAverage average =
                    ParameterAverage.builder(model).rule(rule).build()) {
                Numbers.set(model, "a", 4);
                Numbers.set(model, "b", 4);
                average.update();
                assertThat(Numbers.number(average.store(), "a")).isEqualTo(1);
                assertThat(Numbers.number(average.store(), "b")).isZero();
            }
        }
    }

    @Test
    void patternsThatFitNothingAreFound() {
        assertThat(TreatmentOverrides.of(RULE)
                        .role(Role.BUFFER, Treatment.COPY)
                        .named("head.*", Treatment.COPY)
                        .named("haed.*", Treatment.COPY)
                        .refuse("*.amax")
                        .unmatched(LAYOUT))
                .containsExactly(new NamePattern("haed.*"), new NamePattern("*.amax"));
    }

    @Test
    void choicesCanBeTakenFromOneRuleToAnother() {
        TreatmentOverrides rule = TreatmentOverrides.of(RULE)
                .role(Role.BUFFER, Treatment.AVERAGE)
                .named("head.*", Treatment.FREEZE)
                .refuse("*.amax");
        TreatmentOverrides same = TreatmentOverrides.of(RULE);
        for (TreatmentOverrides.Choice choice : rule.choices()) {
            same = same.with(choice);
        }
        assertThat(same).isEqualTo(rule).hasSameHashCodeAs(rule).hasToString(rule.toString());
        assertThat(TreatmentOverrides.of(rule)).as("none are lost").isEqualTo(rule);
        assertThat(same).isNotEqualTo(TreatmentOverrides.of(RULE));
        assertThatThrownBy(() ->
                        new TreatmentOverrides.Choice(Optional.empty(), Optional.empty(), Optional.of(Treatment.COPY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("either by their role or by their name");
    }

    /** An update that stands for several, since those before it were left out. */
    @Test
    void aHalfLifeMakesUpForUpdatesThatWereLeftOut() {
        AverageRule halfLife = ScheduledRule.of(Schedules.halfLife(3));
        assertThat(TreatmentOverrides.of(halfLife).refuse("x").over(3).decay(1))
                .isEqualTo(halfLife.over(3).decay(1))
                .isNotEqualTo(halfLife.decay(1));
        TreatmentOverrides plain = TreatmentOverrides.of(RULE).refuse("x");
        assertThat(plain.over(3)).isSameAs(plain);
    }

    @ParameterizedTest
    @CsvSource({
        "a.b, a.b, true",
        "a.b, axb, false",
        "*, '', true",
        "'', a, false",
        "*.running_*, bn.1.running_mean, true",
        "*.running_*, running_mean, false",
        "a*b*c, a.b.b/c, true",
        "a*b*c, a.c.b, false",
        "?n.*, bn., true",
        "?, 😀, true",
        "[a], a, false",
        "**a, bca, true",
    })
    void aPatternStandsForTheWholeName(String glob, String name, boolean matches) {
        assertThat(new NamePattern(glob).matches(name)).isEqualTo(matches);
        assertThat(new NamePattern(glob)).hasToString(glob);
    }
}
