package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.polyak.AverageCounters;
import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.NonFinitePolicy;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.frameworks.FrameworkRule;
import dev.polyak.frameworks.Rules;
import dev.polyak.frameworks.TrainingFacts;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ForwardingRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.Treatment;
import dev.polyak.rule.TreatmentOverrides;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule's average is saved and goes on: several in one file, with overrides, and of the user's own making. */
class SavedRulesTest {
    private static final Schedule OWN = n -> 1 / (n + 3.0);

    @TempDir
    Path folder;

    static Stream<List<AverageRule>> describable() {
        AverageRule usual = ScheduledRule.of(Schedules.decay(0.9));
        AverageRule overridden = TreatmentOverrides.of(usual)
                .role(Role.BUFFER, Treatment.AVERAGE)
                .named("fc.b*", Treatment.FREEZE)
                .named("\"odd\", \u00e9 and ].*", Treatment.COPY)
                .refuse("*.amax_history");
        TrainingFacts facts = TrainingFacts.UNKNOWN.batchSize(64);
        return Stream.of(
                List.of(ScheduledRule.of(Schedules.cosine(0.5, 1, 9))),
                List.of(overridden),
                List.of(TreatmentOverrides.of(Rules.parse("EMAHook(momentum=0.1, begin_iter=3)")
                                .rule())
                        .named("fc.bias", Treatment.COPY)),
                List.of(usual, overridden),
                List.copyOf(Rules.edm2().in(facts).build().rules()),
                List.of(
                        Rules.edm2().in(facts).build().rules().get(1),
                        Rules.timmV3().with("use_warmup", true).build().rule()));
    }

    @ParameterizedTest
    @MethodSource("describable")
    void averagesAreSavedTogetherAndGoOnInTheSameBits(List<AverageRule> rules) throws IOException {
        SavedAverage.requireDescribable(rules);
        for (DType kept : new DType[] {DType.F32, DType.F64}) {
            goesOn(rules, kept, saved -> {
                assertThat(saved.rules()).isEqualTo(rules);
                assertThat(saved.stores()).hasSameSizeAs(rules);
            });
        }
    }

    @Test
    void aRuleOfTheUsersOwnIsSavedAndGivenAgain() throws IOException {
        AverageRule own = TreatmentOverrides.of(ScheduledRule.of(OWN)).named("fc.bias", Treatment.COPY);
        for (List<AverageRule> rules : List.of(
                List.<AverageRule>of(ScheduledRule.of(OWN)),
                List.of(own),
                List.of(ofOnesOwn()),
                List.of(ScheduledRule.of(Schedules.decay(0.5)), own))) {
            goesOn(rules, DType.F32, saved -> {
                assertThatIllegalStateException()
                        .isThrownBy(saved::rules)
                        .withMessageContaining("cannot be read from the file");
                try (ParameterStore model = ParameterStore.allocate(EarlierSavesTest.layout(), Device.cpu())) {
                    assertThatExceptionOfType(CheckpointException.class)
                            .isThrownBy(() -> saved.resume(model))
                            .withMessageMatching("the average '.*' was made by the (schedule|rule) .*, which is not the"
                                    + " library's and cannot be read from the file; resume it with resume\\(model,"
                                    + " rule\\)");
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> saved.resume(model, own, own, own))
                            .withMessageContaining("and 3 rules: give one for each");
                }
            });
        }
    }

    @Test
    void whetherAFileCanDescribeARuleCanBeAskedWhenATrainingBegins() {
        String rest = "is not one of the library's, so a file cannot say how its average is made; save it all the same,"
                + " and give the rule to resume";
        for (AverageRule own : List.of(
                ScheduledRule.of(OWN),
                ScheduledRule.of(named("decay(0.5)")),
                TreatmentOverrides.of(ScheduledRule.of(OWN)),
                ofOnesOwn(),
                new FrameworkRule("timm.ModelEmaV2(model)", 0, TrainingFacts.UNKNOWN, ofOnesOwn()),
                new FrameworkRule("no call", 0, TrainingFacts.UNKNOWN, ofOnesOwn()))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> SavedAverage.requireDescribable(List.of(ScheduledRule.of(Schedules.decay(0.5)), own)))
                    .withMessageEndingWith(rest);
        }
    }

    @Test
    void severalAreAskedForOneByOne() throws IOException {
        goesOn(
                List.of(ScheduledRule.of(Schedules.decay(0.5)), ScheduledRule.of(Schedules.decay(0.75))),
                DType.F32,
                saved -> {
                    String file = folder.resolve("average.safetensors").toString();
                    assertThatIllegalStateException()
                            .isThrownBy(saved::store)
                            .withMessage("there are 2 averages in '" + file + "': take stores()");
                    assertThatIllegalStateException()
                            .isThrownBy(saved::rule)
                            .withMessage("there are 2 averages in '" + file + "': take rules()");
                    try (Checkpoint checkpoint = Checkpoint.open(Path.of(file))) {
                        assertThat(checkpoint.store().layout().indexOf("average.1.head.weight"))
                                .isNotNegative();
                        assertThat(checkpoint.metadata())
                                .containsEntry("polyak.averages", "2")
                                .containsEntry("polyak.0.schedule", "decay(0.5)")
                                .containsEntry("polyak.1.schedule", "decay(0.75)")
                                .containsEntry("polyak.1.calls", "5");
                    }
                });
    }

    /** Whoever hands the metadata of a file on to the next does not say how the next average is made. */
    /** Else the first infinity after a resume would be in the average for good. */
    @ParameterizedTest
    @EnumSource(NonFinitePolicy.class)
    void thePolicyForNumbersThatAreNotFiniteGoesOn(NonFinitePolicy policy) throws IOException {
        Path file = folder.resolve("ema.safetensors");
        Schedule schedule = Schedules.decay(0.9);
        try (HostStore model = ParameterStore.allocate(Trained.LAYOUT);
                ParameterAverage average = ParameterAverage.builder(model)
                        .schedule(schedule)
                        .nonFinite(policy)
                        .build()) {
            SavedAverage.save(file, average);
            try (SavedAverage saved = SavedAverage.open(file);
                    ParameterAverage resumed = saved.resume(model)) {
                assertThat(resumed.nonFinite()).isEqualTo(policy);
                Map<String, String> handedOn = SavedAverage.metadataFor(
                        average.rule(), average.counters(), average.layout(), saved.metadata());
                assertThat(handedOn).doesNotContainKey("polyak.non-finite");
            }
        }
    }

    @Test
    void metadataOfAnotherAverageAreLeftOut() {
        AverageCounters counters = new AverageCounters(3, 3);
        AverageRule scheduled = ScheduledRule.of(Schedules.decay(0.5));
        Map<String, String> older = SavedAverage.metadataFor(
                Rules.timm().build().rule(),
                counters,
                EarlierSavesTest.layout(),
                Map.of("epoch", "7", "polyak.0.own-rule", "x", "polyak.averages", "3", "polyak.train.calls", "3"));
        assertThat(SavedAverage.metadataFor(scheduled, counters, EarlierSavesTest.layout(), older))
                .containsEntry("epoch", "7")
                .containsEntry("polyak.train.calls", "3")
                .doesNotContainKeys("polyak.rule", "polyak.rule-index", "polyak.averages", "polyak.0.own-rule");
    }

    private interface Look {
        void at(SavedAverage saved) throws IOException;
    }

    private void goesOn(List<AverageRule> rules, DType kept, Look look) throws IOException {
        Path file = folder.resolve("average.safetensors");
        try (ParameterStore model = ParameterStore.allocate(EarlierSavesTest.layout(), Device.cpu());
                ParameterAverage straight = average(model, rules, kept);
                ParameterAverage interrupted = average(model, rules, kept)) {
            Random random = new Random(1);
            EarlierSavesTest.train(model, random, 5, straight, interrupted);
            SavedAverage.save(file, interrupted);
            try (SavedAverage saved = SavedAverage.open(file)) {
                look.at(saved);
                try (ParameterAverage resumed = isDescribable(rules)
                        ? saved.resume(model)
                        : saved.resume(model, rules.toArray(AverageRule[]::new))) {
                    saved.close(); // it is not needed any more
                    assertThat(resumed.counters()).isEqualTo(straight.counters());
                    EarlierSavesTest.train(model, random, 6, straight, resumed);
                    for (int k = 0; k < rules.size(); k++) {
                        assertThat(resumed.average(k).counters())
                                .isEqualTo(straight.average(k).counters());
                        for (TensorSpec tensor : straight.layout().tensors()) {
                            assertThat(HostStore.of(resumed.average(k).store())
                                            .segment(tensor.name())
                                            .mismatch(HostStore.of(
                                                            straight.average(k).store())
                                                    .segment(tensor.name())))
                                    .as(k + ": " + tensor)
                                    .isEqualTo(-1);
                        }
                    }
                }
            }
        }
    }

    private static boolean isDescribable(List<AverageRule> rules) {
        try {
            SavedAverage.requireDescribable(rules);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static ParameterAverage average(ParameterStore model, List<AverageRule> rules, DType kept) {
        return ParameterAverage.builder(model).rules(rules).dtype(kept).build();
    }

    private static AverageRule ofOnesOwn() {
        AverageRule usual = ScheduledRule.of(Schedules.decay(0.75));
        return new ForwardingRule() {
            @Override
            public AverageRule rule() {
                return usual;
            }
        };
    }

    private static Schedule named(String name) {
        return new Schedule() {
            @Override
            public double weight(long n) {
                return 0.5;
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }
}
