package dev.polyak.checkpoint.framework;

import static dev.polyak.checkpoint.Trained.LAYOUT;
import static dev.polyak.checkpoint.Trained.requireSame;
import static dev.polyak.checkpoint.Trained.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.SwappedAverage;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.Trained;
import dev.polyak.checkpoint.framework.scheme.AveragedState;
import dev.polyak.checkpoint.framework.scheme.StateBuilder;
import dev.polyak.checkpoint.framework.scheme.StateScheme;
import dev.polyak.frameworks.Rules;
import dev.polyak.frameworks.TrainingFacts;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.Treatment;
import dev.polyak.rule.TreatmentOverrides;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.Warnings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FrameworkCheckpointTest {
    private static final String HOOK = "EMAHook(momentum=0.1, begin_iter=3, interval=2)";
    private static final String SWA = "AveragedModel(model)";
    private static final String COMPOSER = "composer.EMA(half_life='10ba', ema_start='3ba', update_interval='2ba')";

    @TempDir
    Path folder;

    static Object[][] rules() {
        return new Object[][] {
            {StateScheme.TIMM, "timm.ModelEmaV2(model, decay=0.9)"},
            {StateScheme.TIMM, "timm.ModelEmaV3(model, decay=0.9, use_warmup=True, update_after_step=2)"},
            {StateScheme.MMENGINE, HOOK},
            {
                StateScheme.MMENGINE,
                "EMAHook(ema_type='MomentumAnnealingEMA', gamma=4, momentum=0.1, update_buffers=True)"
            },
            {StateScheme.MMENGINE, "EMAHook(ema_type='StochasticWeightAverage', begin_epoch=2)"},
            {StateScheme.MMENGINE, "mmengine.ExponentialMovingAverage(model, momentum=0.1, interval=3)"},
            {StateScheme.TORCH, SWA},
            {StateScheme.TORCH, "AveragedModel(model, avg_fn=get_ema_avg_fn(0.9), use_buffers=True)"},
            {StateScheme.COMPOSER, COMPOSER},
            {StateScheme.COMPOSER, "composer.EMA(half_life='2ep', ema_start='1ep')"},
            {StateScheme.LIGHTNING, "lightning.EMAWeightAveraging(decay=0.9, update_every_n_steps=3)"},
            {StateScheme.LIGHTNING, "lightning.EMAWeightAveraging(decay=0.9, update_starting_at_step=4)"},
            {StateScheme.LIGHTNING, "lightning.WeightAveraging()"},
            {StateScheme.DIFFUSERS, "diffusers.EMAModel(model.parameters(), decay=0.9, use_ema_warmup=True, power=0.75)"
            },
            {StateScheme.DIFFUSERS, "EMAModel(model, 0.9, 0.1, inv_gamma=2, foreach=True).step(model.parameters())"},
            {StateScheme.DIFFUSERS, "EMAModel(unet.parameters(), max_value=0.8, update_after_step=3)"},
        };
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aResumedAverageEndsInTheSameBitsWhereverItStopped(StateScheme scheme, String text) throws IOException {
        for (int stop = 0; stop <= 9; stop++) {
            Path path = folder.resolve(stop + "");
            try (Trained straight = Trained.begin(text).step(0, 12);
                    Trained interrupted = Trained.begin(text).step(0, stop)) {
                FrameworkCheckpoint.write(path, scheme, interrupted.average());
                try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(path)) {
                    assertThat(saved.scheme()).isEqualTo(scheme);
                    requireSame(
                            saved.average().orElseThrow(), interrupted.average().store());
                    ParameterStore model = saved.model().orElse(HostStore.of(interrupted.model()));
                    requireSame(model, interrupted.model());
                    ParameterAverage resumed = scheme == StateScheme.TIMM
                            ? saved.resume(interrupted.model(), rule(text), stop)
                            : saved.resume(interrupted.model(), rule(text));
                    saved.close(); // it is not needed any more
                    try (Trained goesOn = new Trained(interrupted.model(), resumed)) {
                        goesOn.step(stop, 12).requireSame(straight);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIFFUSERS")
    void anAverageKeptInAnotherTypeGoesOnInIt(StateScheme scheme) throws IOException {
        ParameterLayout layout = LAYOUT.map(tensor -> tensor.name().startsWith("fc") ? tensor.as(DType.BF16) : tensor);
        AverageRule rule = rule("timm.ModelEmaV2(model, decay=0.9)");
        Path path = folder.resolve("file");
        try (ParameterStore model = Trained.model(layout);
                Trained straight = new Trained(
                        model,
                        ParameterAverage.builder(model)
                                .rule(rule)
                                .dtype(DType.F32)
                                .build())) {
            straight.step(0, 4);
            FrameworkCheckpoint.write(path, scheme, straight.average());
            try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(path);
                    ParameterAverage resumed = saved.resume(model, rule, 4)) {
                if (scheme != StateScheme.TORCH) {
                    requireSame(saved.model().orElseThrow(), model);
                }
                new Trained(model, resumed).step(4, 5);
                straight.step(4, 5);
                assertThat(resumed.layout()).isEqualTo(straight.average().layout());
                requireSame(resumed.store(), straight.average().store());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            timm      | state_dict | state_dict_ema
            torch     |            | module
            mmengine  | ema_state_dict.module | state_dict
            lightning | current_model_state   | state_dict
            """)
    void averageAndModelAreUnderTheSystemsNames(String label, String model, String average) throws IOException {
        try (Trained trained = Trained.begin(SWA).step(0, 3)) {
            try (Checkpoint file = written(StateScheme.labelled(label).orElseThrow(), trained.average())) {
                for (TensorSpec tensor : LAYOUT.tensors()) {
                    assertThat(file.store()
                                    .segment(average + "." + tensor.name())
                                    .mismatch(HostStore.of(trained.average().store())
                                            .segment(tensor.name())))
                            .isEqualTo(-1);
                    assertThat(model == null
                                    || file.store()
                                                    .segment(model + "." + tensor.name())
                                                    .mismatch(HostStore.of(trained.model())
                                                            .segment(tensor.name()))
                                            == -1)
                            .isTrue();
                }
                List<String> others = file.store().layout().tensors().stream()
                        .map(TensorSpec::name)
                        .filter(name -> !name.startsWith(average + ".") && !name.startsWith(model + "."))
                        .toList();
                assertThat(others)
                        .containsExactlyInAnyOrderElementsOf(
                                switch (label) {
                                    case "timm" -> List.of();
                                    case "torch" -> List.of("n_averaged");
                                    case "mmengine" -> List.of("ema_state_dict.steps", "meta.iter");
                                    default -> List.of("averaging_state.n_averaged", "global_step");
                                });
            }
        }
    }

    @Test
    void composerSwapsOnceItHasStarted() throws IOException {
        String ema = "state.algorithms.EMA.";
        String parameters = ema + "ema_model.named_parameters_dict.";
        String buffers = ema + "ema_model.named_buffers_dict.";
        for (int steps : new int[] {2, 5}) {
            boolean started = steps == 5;
            try (Trained trained = Trained.begin(COMPOSER).step(0, steps);
                    Checkpoint file = written(StateScheme.COMPOSER, trained.average())) {
                assertThat(file.store().layout().tensors().stream().map(TensorSpec::name))
                        .containsExactlyInAnyOrder(
                                "state.model.fc.weight",
                                "state.model.fc.bias",
                                "state.model.bn.running_mean",
                                "state.model.bn.num_batches_tracked",
                                parameters + "fc.weight",
                                parameters + "fc.bias",
                                buffers + "bn.running_mean",
                                buffers + "bn.num_batches_tracked",
                                ema + "ema_weights_active",
                                ema + "ema_started",
                                "state.timestamp.Timestamp.batch");
                ParameterStore average = trained.average().store();
                ParameterStore first = started ? average : trained.model();
                ParameterStore second = started ? trained.model() : average;
                assertThat(file.store()
                                .segment("state.model.fc.weight")
                                .mismatch(HostStore.of(first).segment("fc.weight")))
                        .isEqualTo(-1);
                assertThat(file.store()
                                .segment(parameters + "fc.weight")
                                .mismatch(HostStore.of(second).segment("fc.weight")))
                        .isEqualTo(-1);
                try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(folder.resolve("file"))) {
                    assertThat(saved.isSwapped()).isEqualTo(started);
                    assertThat(saved.counted().isPresent()).isEqualTo(!started);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIFFUSERS")
    void whatIsWrittenDuringASwapIsWhatIsWrittenOutsideOne(StateScheme scheme) throws IOException {
        try (Trained trained = Trained.begin(SWA).step(0, 5)) {
            Path outside = folder.resolve("outside");
            Path inside = folder.resolve("inside");
            FrameworkCheckpoint.write(outside, scheme, trained.average());
            try (SwappedAverage swapped = trained.average().swap()) {
                FrameworkCheckpoint.write(
                        inside,
                        scheme,
                        new AveragedState(
                                trained.average().rule(),
                                trained.average().counters(),
                                swapped.average(0),
                                trained.average().model()));
            }
            assertThat(inside).hasSameBinaryContentAs(outside);
        }
    }

    @Test
    void countsAreTheSystems() throws IOException {
        assertCounted(StateScheme.MMENGINE, HOOK, 2, 0);
        assertCounted(StateScheme.MMENGINE, HOOK, 3, 1);
        assertCounted(StateScheme.MMENGINE, HOOK, 9, 7);
        assertCounted(StateScheme.TORCH, SWA, 9, 9);
        assertCounted(StateScheme.LIGHTNING, "EMAWeightAveraging(update_every_n_steps=3)", 3, 1);
        assertCounted(StateScheme.LIGHTNING, "EMAWeightAveraging(update_every_n_steps=3)", 4, 2);
        assertCounted(StateScheme.DIFFUSERS, "EMAModel(model.parameters())", 9, 9);
    }

    @Test
    void aCountIsEnoughWhereTheRuleLeavesOneNumberOfSteps() throws IOException {
        try (Trained trained = Trained.begin(HOOK).step(0, 7)) {
            Path path = without("meta.iter", StateScheme.MMENGINE, trained.average());
            try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(path);
                    ParameterAverage resumed = saved.resume(trained.model(), rule(HOOK))) {
                assertThat(resumed.counters()).isEqualTo(trained.average().counters());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            MMENGINE | EMAHook(momentum=0.1, begin_iter=3)          | meta.iter   | 2
            LIGHTNING| EMAWeightAveraging(update_every_n_steps=3)   | global_step | 2
            COMPOSER | composer.EMA()                               | state.timestamp.Timestamp.batch | 4
            TIMM     | timm.ModelEmaV3(model, use_warmup=True)      | none        | 3
            """)
    void elseTheStepsHaveToBeGiven(StateScheme scheme, String rule, String steps, int stop) throws IOException {
        try (Trained trained = Trained.begin(rule).step(0, stop)) {
            Path path = without(steps, scheme, trained.average());
            try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(path)) {
                assertThatExceptionOfType(CheckpointException.class)
                        .isThrownBy(() -> saved.resume(trained.model(), rule(rule)))
                        .withMessage(
                                "'" + path + "' does not say how many steps the training had made, on which this rule"
                                        + " depends; tell it");
                try (ParameterAverage resumed = saved.resume(trained.model(), rule(rule), stop)) {
                    assertThat(resumed.counters()).isEqualTo(trained.average().counters());
                }
            }
        }
    }

    @Test
    void aRuleOfTheAveragedModelItselfGoesByItsCount() throws IOException {
        // The hook's iterations are not the calls of the averaged model, if that is called by hand.
        String byHand = "mmengine.ExponentialMovingAverage(model, momentum=0.1, interval=2)";
        try (Trained trained = Trained.begin(HOOK).step(0, 7)) {
            try (Checkpoint file = written(StateScheme.MMENGINE, trained.average());
                    FrameworkCheckpoint saved = FrameworkCheckpoint.open(file.path());
                    ParameterAverage resumed = saved.resume(trained.model(), rule(byHand))) {
                assertThat(resumed.counters().calls()).isEqualTo(5);
            }
        }
    }

    @Test
    void stepsThatContradictTheCountAreRefused() throws IOException {
        try (Trained trained = Trained.begin(HOOK).step(0, 7);
                Checkpoint file = written(StateScheme.MMENGINE, trained.average());
                FrameworkCheckpoint saved = FrameworkCheckpoint.open(file.path())) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> saved.resume(trained.model(), rule(HOOK), 6))
                    .withMessage(
                            "'" + file.path() + "' counts 5 calls of the averaged model, and this rule makes 4 in 6"
                                    + " steps; check the number of steps, and the rule");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> saved.resume(trained.model(), rule(HOOK), -1))
                    .withMessage("a training makes 0 to 4294967296 steps, not -1");
        }
    }

    @Test
    void stepsThatContradictComposersFlagAreRefused() throws IOException {
        try (Trained trained = Trained.begin(COMPOSER).step(0, 7);
                Checkpoint file = written(StateScheme.COMPOSER, trained.average());
                FrameworkCheckpoint saved = FrameworkCheckpoint.open(file.path())) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> saved.resume(trained.model(), rule(COMPOSER), 2))
                    .withMessage("'" + file.path()
                            + "' counts 1 or more calls of the averaged model, and this rule makes 0 in"
                            + " 2 steps; check the number of steps, and the rule");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            MMENGINE  | EMAHook(momentum=0.1, begin_iter=5)            | 2  | 2
            MMENGINE  | EMAHook(momentum=0.1, begin_iter=5)            | 90 | 4
            MMENGINE  | EMAHook(momentum=0.1)                          | 90 | 0
            MMENGINE  | EMAHook(momentum=0.1)                          |    | 0
            LIGHTNING | EMAWeightAveraging()                           | 90 | 0
            TIMM      | timm.ModelEmaV3(model, use_warmup=True)        | 90 | 90
            """)
    void withoutAnAverageItBeginsAnewFromTheModelAsItsSystemDoes(
            StateScheme scheme, String rule, Integer steps, long calls) throws IOException {
        Path path = plain("state_dict.");
        try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(path, scheme);
                ParameterStore model = Trained.model(LAYOUT);
                Warnings warnings = new Warnings()) {
            HostStore.of(model).segment(0).fill((byte) 1);
            assertThat(saved.average()).isEmpty();
            assertThat(saved.counted()).isEmpty();
            try (ParameterAverage average =
                    steps == null ? saved.resume(model, rule(rule)) : saved.resume(model, rule(rule), steps)) {
                assertThat(average.counters().calls()).isEqualTo(calls);
                requireSame(average.store(), saved.model().orElseThrow());
            }
            assertThat(warnings.messages())
                    .containsExactly("WARNING: '" + path + "' has no average: as " + scheme.label()
                            + " does, the average begins anew with a copy of its model");
        }
    }

    @Test
    void anAverageCannotBeginAnewBetweenTheUpdatesOfItsRule() throws IOException {
        Path path = plain("state_dict.");
        try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(path, StateScheme.LIGHTNING);
                ParameterStore model = Trained.model(LAYOUT)) {
            AverageRule rule = rule("EMAWeightAveraging(update_every_n_steps=10)");
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> saved.resume(model, rule, 7))
                    .withMessage(
                            "'" + path + "' has no average, and this rule cannot begin anew after 7 steps; begin with a"
                                    + " rule that is due at every step, or at a step that is");
            saved.resume(model, rule, 10).close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            TORCH    | has no 'module.*'
            COMPOSER | has no 'state.algorithms.EMA.ema_weights_active'
            """)
    void othersRefuseACheckpointWithoutAnAverage(StateScheme scheme, String lacks) throws IOException {
        Path path = plain("state_dict.");
        assertRefused(path, scheme, lacks + "; check that it is whole, and of this scheme");
    }

    @Test
    void aSchemeIsDetectedByItsOwnNamesAlone() throws IOException {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> FrameworkCheckpoint.open(plain("state_dict.")))
                .withMessage(
                        "'" + folder.resolve("plain") + "' has no average under the names of any of timm, mmengine,"
                                + " torch, composer, lightning, diffusers; name the scheme if the training had none yet");
        try (Trained trained = Trained.begin(SWA);
                HostStore both = new StateBuilder()
                        .addAll("state_dict.", trained.model())
                        .addAll("state_dict_ema.", trained.model())
                        .addAll("module.", trained.model())
                        .integer("n_averaged", 1)
                        .build()) {
            Path path = folder.resolve("both");
            Checkpoint.save(path, both, Map.of());
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> FrameworkCheckpoint.open(path))
                    .withMessage("'" + path
                            + "' has averages under the names of timm, torch; name the scheme that you mean");
            FrameworkCheckpoint.open(path, StateScheme.TORCH).close();
        }
        assertThat(StateScheme.labelled("TIMM")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            MMENGINE  | ema_state_dict.steps                     | has no 'ema_state_dict.steps'
            MMENGINE  | state_dict.                              | has no 'state_dict.*'
            TORCH     | n_averaged                               | has no 'n_averaged'
            LIGHTNING | state_dict.                              | has no 'state_dict.*'
            COMPOSER  | state.algorithms.EMA.ema_weights_active  | has no 'state.algorithms.EMA.ema_weights_active'
            COMPOSER  | state.algorithms.EMA.ema_started         | has no 'state.algorithms.EMA.ema_started'
            COMPOSER  | state.model.                             | has no 'state.model.*'
            """)
    void whatASystemCannotDoWithoutIsMissed(StateScheme scheme, String missing, String says) throws IOException {
        try (Trained trained = Trained.begin(SWA).step(0, 3)) {
            Path path = without(missing, scheme, trained.average());
            assertRefused(path, scheme, says + "; check that it is whole, and of this scheme");
        }
    }

    @Test
    void numbersOfAnotherKindAreRefused() throws IOException {
        try (ParameterStore model = Trained.model(LAYOUT);
                HostStore state = new StateBuilder()
                        .addAll("module.", model)
                        .number("n_averaged", 1)
                        .build();
                HostStore flags = new StateBuilder()
                        .addAll("state.model.", model)
                        .integer("state.algorithms.EMA.ema_weights_active", 1)
                        .build();
                HostStore negative = new StateBuilder()
                        .addAll("module.", model)
                        .integer("n_averaged", -1)
                        .build()) {
            Path path = folder.resolve("file");
            Checkpoint.save(path, state, Map.of());
            assertRefused(
                    path,
                    StateScheme.TORCH,
                    "has 'n_averaged' as F64 [] where it should be one whole number from 0 to"
                            + " 4294967296, in I64 or I32; save it again");
            Checkpoint.save(path, flags, Map.of());
            assertRefused(
                    path,
                    StateScheme.COMPOSER,
                    "has 'state.algorithms.EMA.ema_weights_active' as I64 [] where it should"
                            + " be one truth value, in BOOL or U8; save it again");
            Checkpoint.save(path, negative, Map.of());
            assertRefused(
                    path,
                    StateScheme.TORCH,
                    "has 'n_averaged' as I64 [] where it should be one whole number from 0 to"
                            + " 4294967296, in I64 or I32; save it again");
        }
    }

    @Test
    void whatCannotHaveChangedPlacesIsRefused() throws IOException {
        ParameterLayout larger = ParameterLayout.of(
                TensorSpec.parameter("fc.weight", DType.F32, 7, 3), TensorSpec.parameter("more", DType.F32));
        ParameterLayout other = ParameterLayout.of(TensorSpec.parameter("fc.weight", DType.F32, 3, 7));
        Path path = folder.resolve("file");
        try (ParameterStore model = Trained.model(LAYOUT);
                ParameterStore more = Trained.model(larger);
                ParameterStore turned = Trained.model(other)) {
            savePair(path, model, more);
            assertRefused(
                    path,
                    StateScheme.MMENGINE,
                    "has 'more' in the average but not in the model, so that they cannot have"
                            + " changed places; save it again");
            savePair(path, model, turned);
            assertRefused(
                    path,
                    StateScheme.MMENGINE,
                    "has other tensors in the average than in the model: the average has"
                            + " 'fc.weight' in shape [3, 7] instead of [7, 3]; save it again");
        }
    }

    @Test
    void whatTheAverageLeavesOutStaysInTheModelOfASwappedState() throws IOException {
        AverageRule rule = TreatmentOverrides.of(rule(HOOK)).named("fc.bias", Treatment.OMIT);
        for (StateScheme scheme : new StateScheme[] {StateScheme.MMENGINE, StateScheme.COMPOSER}) {
            try (Trained straight = Trained.begin(LAYOUT, rule).step(0, 8);
                    Trained trained = Trained.begin(LAYOUT, rule).step(0, 5);
                    Checkpoint file = written(scheme, trained.average());
                    FrameworkCheckpoint saved = FrameworkCheckpoint.open(file.path());
                    ParameterAverage resumed = saved.resume(trained.model(), rule)) {
                requireSame(saved.model().orElseThrow(), trained.model());
                assertThat(saved.average().orElseThrow().layout().indexOf("fc.bias"))
                        .isNegative();
                new Trained(trained.model(), resumed).step(5, 8).requireSame(straight);
            }
        }
    }

    @Test
    void lenientSystemsReportWhatDoesNotMatch() throws IOException {
        try (Trained trained = Trained.begin(HOOK).step(0, 5);
                Checkpoint file = written(StateScheme.MMENGINE, trained.average());
                FrameworkCheckpoint saved = FrameworkCheckpoint.open(file.path());
                ParameterStore other = Trained.model(renamed("fc.bias", "head.bias"));
                Warnings warnings = new Warnings();
                ParameterAverage resumed = saved.resume(other, rule(HOOK))) {
            assertThat(warnings.messages())
                    .containsExactly("WARNING: the average in '" + file.path()
                            + "' lacks 'head.bias', and also has 'fc.bias': as"
                            + " mmengine does, what is missing begins with the model's present numbers");
            assertThat(HostStore.of(resumed.store())
                            .segment("head.bias")
                            .mismatch(HostStore.of(other).segment("head.bias")))
                    .isEqualTo(-1);
            assertThat(HostStore.of(resumed.store())
                            .segment("fc.weight")
                            .mismatch(HostStore.of(trained.average().store()).segment("fc.weight")))
                    .isEqualTo(-1);
        }
    }

    @Test
    void strictSystemsRefuseWhatDoesNotMatch() throws IOException {
        try (Trained trained = Trained.begin(SWA).step(0, 5);
                Checkpoint file = written(StateScheme.TORCH, trained.average());
                FrameworkCheckpoint saved = FrameworkCheckpoint.open(file.path());
                ParameterStore other = Trained.model(renamed("fc.bias", "head.bias"))) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> saved.resume(other, rule(SWA)))
                    .withMessage("the average in '" + file.path()
                            + "' is not one of this model: it lacks 'head.bias', and also"
                            + " has 'fc.bias'; resume it with the model that was averaged");
        }
    }

    @Test
    void noSystemTakesAnAverageOfAnotherModel() throws IOException {
        try (Trained trained = Trained.begin(HOOK).step(0, 5);
                Checkpoint file = written(StateScheme.MMENGINE, trained.average());
                FrameworkCheckpoint saved = FrameworkCheckpoint.open(file.path());
                ParameterStore none = Trained.model(ParameterLayout.of(TensorSpec.parameter("x", DType.F32, 2)))) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> saved.resume(none, rule(HOOK)))
                    .withMessage("the average in '" + file.path()
                            + "' is not one of this model: it has none of the 1 tensors"
                            + " ('x'); its own are 'bn.num_batches_tracked', 'bn.running_mean', 'fc.bias', 'fc.weight'; resume"
                            + " it with the model that was averaged");
        }
    }

    @Test
    void aShapeThatDiffersIsRefusedByLenientSystemsToo() throws IOException {
        ParameterLayout turned = ParameterLayout.of(LAYOUT.tensors().stream()
                .map(tensor ->
                        tensor.name().equals("fc.weight") ? TensorSpec.parameter("fc.weight", DType.F32, 3, 7) : tensor)
                .toList());
        try (Trained trained = Trained.begin(HOOK).step(0, 5);
                Checkpoint file = written(StateScheme.MMENGINE, trained.average());
                FrameworkCheckpoint saved = FrameworkCheckpoint.open(file.path());
                ParameterStore other = Trained.model(turned)) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> saved.resume(other, rule(HOOK)))
                    .withMessageContaining("it has 'fc.weight' in shape [7, 3] instead of [3, 7]; resume it with");
        }
    }

    @Test
    void oneNameOfATiedTensorIsEnough() throws IOException {
        ParameterLayout tied = ParameterLayout.builder()
                .add(TensorSpec.parameter("head", DType.F32, 4))
                .tied("embedding", "head")
                .build();
        try (Trained straight = Trained.begin(tied, rule(SWA)).step(0, 6);
                Trained trained = Trained.begin(tied, rule(SWA)).step(0, 3)) {
            Path path = without("module.head", StateScheme.TORCH, trained.average());
            try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(path);
                    ParameterAverage resumed = saved.resume(trained.model(), rule(SWA))) {
                new Trained(trained.model(), resumed).step(3, 6).requireSame(straight);
            }
        }
    }

    @Test
    void namesOfWrappedModelsMatch() throws IOException {
        try (Trained trained = Trained.begin(SWA).step(0, 3);
                Checkpoint file = written(StateScheme.TORCH, trained.average());
                FrameworkCheckpoint saved = FrameworkCheckpoint.open(file.path());
                ParameterStore wrapped = Trained.model(LAYOUT.map(tensor ->
                        new TensorSpec("_orig_mod." + tensor.name(), tensor.dtype(), tensor.shape(), tensor.role())));
                ParameterAverage resumed = saved.resume(wrapped, rule(SWA))) {
            assertThat(HostStore.of(resumed.store())
                            .segment("_orig_mod.fc.bias")
                            .mismatch(HostStore.of(trained.average().store()).segment("fc.bias")))
                    .isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMM", "TORCH", "LIGHTNING"})
    void aWholeModelCannotLackATensor(StateScheme scheme) throws IOException {
        AverageRule rule = TreatmentOverrides.of(rule(SWA)).named("fc.bias", Treatment.OMIT);
        Path path = folder.resolve("file");
        try (Trained trained = Trained.begin(LAYOUT, rule)) {
            String system = scheme == StateScheme.LIGHTNING ? "Lightning" : scheme.label();
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> FrameworkCheckpoint.write(path, scheme, trained.average()))
                    .withMessage(
                            "'" + path + "' cannot be written: an average of " + system + " has every tensor of its"
                                    + " model, and this one leaves out 'fc.bias'; choose another scheme, or a rule that holds it");
            assertThat(path).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAverageThatBeginsAtZeroIsRefused(StateScheme scheme) {
        Path path = folder.resolve("file");
        try (Trained trained = Trained.begin("optax.ema(decay=0.9, debias=True)")) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> FrameworkCheckpoint.write(path, scheme, trained.average()))
                    .withMessage("'" + path + "' cannot be written: an average that begins at zero would be taken by "
                            + scheme.label() + " for one that does not; save it as Polyak's own");
            assertThat(path).doesNotExist();
        }
    }

    @Test
    void diffusersSavesItsOwnRuleAlone() {
        Path path = folder.resolve("ema");
        for (String text : new String[] {SWA, "timm.ModelEmaV3(model, decay=0.9)"}) {
            try (Trained trained = Trained.begin(text)) {
                assertThatExceptionOfType(CheckpointException.class)
                        .isThrownBy(() -> FrameworkCheckpoint.write(path, StateScheme.DIFFUSERS, trained.average()))
                        .withMessage(
                                "'" + path + "' cannot be written: diffusers saves averages by diffusers.EMAModel, and "
                                        + text + " is none; choose another scheme");
                assertThat(path).doesNotExist();
            }
        }
        try (Trained trained = Trained.begin(LAYOUT, ScheduledRule.of(Schedules.decay(0.9)))) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> FrameworkCheckpoint.write(path, StateScheme.DIFFUSERS, trained.average()))
                    .withMessageContaining("is none; choose another scheme");
        }
    }

    @Test
    void rulesThatAreToldOfSomeStepsAreCountedByTheirSystem() throws IOException {
        AverageRule rule = Rules.parse("EMAHook(momentum=0.1, begin_iter=2)", TrainingFacts.UNKNOWN.every(3))
                .rule();
        for (int stop = 0; stop < 14; stop++) {
            try (Trained straight = Trained.begin(LAYOUT, rule).step(0, 16);
                    Trained trained = Trained.begin(LAYOUT, rule).step(0, stop);
                    Checkpoint file = written(StateScheme.MMENGINE, trained.average());
                    FrameworkCheckpoint saved = FrameworkCheckpoint.open(file.path());
                    ParameterAverage resumed = saved.resume(trained.model(), rule)) {
                assertThat(saved.counted()).hasValue(Math.max(0, stop / 3 - 1));
                new Trained(trained.model(), resumed).step(stop, 16).requireSame(straight);
            }
        }
    }

    @Test
    void anAverageOfAnotherModelIsNoState() {
        try (Trained trained = Trained.begin(SWA);
                ParameterStore other = Trained.model(renamed("fc.bias", "head.bias"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new AveragedState(
                            trained.average().rule(),
                            trained.average().counters(),
                            trained.average().store(),
                            other))
                    .withMessage(
                            "the average is not one of this model, which lacks 'fc.bias', and also has 'head.bias'");
        }
    }

    private void assertCounted(StateScheme scheme, String rule, int steps, long counted) throws IOException {
        Path path = folder.resolve(scheme + "-" + steps);
        try (Trained trained = Trained.begin(rule).step(0, steps)) {
            FrameworkCheckpoint.write(path, scheme, trained.average());
            try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(path)) {
                assertThat(saved.counted()).hasValue(counted);
            }
        }
    }

    private static void assertRefused(Path path, StateScheme scheme, String says) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> FrameworkCheckpoint.open(path, scheme))
                .withMessage("'" + path + "' " + says);
    }

    private static void savePair(Path path, ParameterStore model, ParameterStore average) throws IOException {
        try (HostStore state = new StateBuilder()
                .addAll("state_dict.", model)
                .addAll("ema_state_dict.module.", average)
                .integer("ema_state_dict.steps", 1)
                .build()) {
            Checkpoint.save(path, state, Map.of());
        }
    }

    private Checkpoint written(StateScheme scheme, ParameterAverage average) throws IOException {
        Path path = folder.resolve("file");
        FrameworkCheckpoint.write(path, scheme, average);
        return Checkpoint.open(path);
    }

    /** A checkpoint as the scheme writes it, without the entries whose names begin in some way. */
    private Path without(String beginning, StateScheme scheme, ParameterAverage average) throws IOException {
        Path path = folder.resolve("incomplete");
        StateBuilder state = new StateBuilder();
        try (Checkpoint file = written(scheme, average)) {
            for (int i = 0; i < file.store().layout().size(); i++) {
                TensorSpec tensor = file.store().layout().tensor(i);
                if (!tensor.name().startsWith(beginning)) {
                    state.add(tensor.name(), tensor.role(), file.store(), i);
                }
            }
            try (HostStore rest = state.build()) {
                Checkpoint.save(path, rest, Map.of());
            }
        }
        return path;
    }

    private Path plain(String prefix) throws IOException {
        Path path = folder.resolve("plain");
        try (ParameterStore model = Trained.model(LAYOUT);
                HostStore state = new StateBuilder().addAll(prefix, model).build()) {
            Checkpoint.save(path, state, Map.of());
        }
        return path;
    }

    private static ParameterLayout renamed(String from, String to) {
        return LAYOUT.map(tensor -> tensor.name().equals(from)
                ? new TensorSpec(to, tensor.dtype(), tensor.shape(), tensor.role())
                : tensor);
    }
}
