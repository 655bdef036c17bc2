package dev.polyak.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.polyak.AverageBuilder;
import dev.polyak.AverageCounters;
import dev.polyak.NonFinitePolicy;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.Treatment;
import dev.polyak.rule.TreatmentOverrides;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.TrainingTime;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.schedule.Warmup;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.Role;
import dev.polyak.testkit.Warnings;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AveragingHandlerTest {
    private static final ScheduledRule HALF = ScheduledRule.of(Schedules.momentum(0.5));

    private final ParameterStore model = Net.create();

    @AfterEach
    void close() {
        model.close();
    }

    /** One iteration after which the model's bias is a certain number. */
    private void train(AveragingHandler handler, double bias) {
        handler.optimizerStepping();
        Net.set(model, "bias", bias);
        Net.set(model, "bn.num_batches_tracked", bias);
        handler.iterationCompleted();
    }

    private static double bias(AveragingHandler handler) {
        return Net.get(handler.averageStore(), "bias");
    }

    @Test
    void everyIterationUpdatesByDefault() {
        Net.set(model, "bias", 0);
        try (AveragingHandler handler = AveragingHandler.builder(model, HALF).build()) {
            train(handler, 8);
            assertThat(bias(handler)).isEqualTo(4);
            train(handler, 0);
            assertThat(bias(handler)).isEqualTo(2);
            assertThat(handler.iteration()).isEqualTo(2);
            assertThat(handler.average().counters()).isEqualTo(new AverageCounters(2, 2));
        }
    }

    @Test
    void microBatchesOfGradientAccumulationDoNothing() {
        Net.set(model, "bias", 0);
        try (AveragingHandler handler = AveragingHandler.builder(model, HALF)
                .filter(UpdateFilter.every(2))
                .build()) {
            handler.iterationCompleted();
            handler.iterationCompleted();
            train(handler, 8);
            assertThat(bias(handler)).as("the first iteration does not fire").isZero();
            handler.iterationCompleted();
            handler.optimizerStepping(); // of one optimizer
            train(handler, 8); // and of the other
            assertThat(bias(handler)).isEqualTo(4);
            handler.iterationCompleted();
            handler.iterationCompleted();
            assertThat(bias(handler)).isEqualTo(4);
            assertThat(handler.iteration()).isEqualTo(2);
        }
    }

    @Test
    void aLoopThatNeverAnnouncesAStepIsToldSo() {
        try (AveragingHandler handler = AveragingHandler.builder(model, HALF).build()) {
            handler.epochCompleted(); // nothing wrong with an empty one
            handler.iterationCompleted();
            assertThatThrownBy(handler::epochCompleted)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("optimizerStepping() before each");
            assertThat(handler.epoch()).isEqualTo(1);
        }
        Net.set(model, "bias", 0);
        try (AveragingHandler handler =
                AveragingHandler.builder(model, HALF).everyIterationSteps().build()) {
            Net.set(model, "bias", 8);
            handler.iterationCompleted();
            handler.epochCompleted();
            assertThat(bias(handler)).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 5})
    void byIterationItBeginsAsTheHookOfMmengine(long begin) {
        Net.set(model, "bias", 64);
        try (AveragingHandler handler =
                AveragingHandler.builder(model, HALF).beginIteration(begin).build()) {
            float average = 64;
            for (int iter = 0; iter < 8; iter++) { // mmengine counts from 0
                float source = iter % 3;
                train(handler, source);
                average = iter + 1 >= begin ? (average + source) / 2 : source;
                assertThat(bias(handler)).as("iter %d", iter).isEqualTo(average);
                assertThat(handler.momentum()).isEqualTo(iter + 1 >= begin ? 0.5 : 1);
            }
            long copied = Math.max(0, begin - 1);
            assertThat(handler.average().counters())
                    .as("its steps stand still before")
                    .isEqualTo(new AverageCounters(8 - copied, 8 - copied));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "2, 3", "3, 6"})
    void byEpochItBeginsAsTheHookOfMmengine(long begin, long copied) {
        Net.set(model, "bias", 64);
        try (AveragingHandler handler =
                AveragingHandler.builder(model, HALF).beginEpoch(begin).build()) {
            float average = 64;
            for (int epoch = 0; epoch < 4; epoch++) {
                for (int i = 0; i < 3; i++) {
                    train(handler, i);
                    average = epoch + 1 >= begin ? (average + i) / 2 : i;
                    assertThat(bias(handler)).isEqualTo(average);
                }
                handler.epochCompleted();
            }
            assertThat(handler.average().counters().calls()).isEqualTo(12 - copied);
        }
    }

    @ParameterizedTest
    @CsvSource({ // number of the first of 12 iterations, in epochs of 3, that Composer averages at a BATCH_END
        "0ba, 12ba, 1",
        "5ba, 12ba, 5",
        "0ep, 12ba, 1",
        "2ep, 12ba, 7",
        "0dur, 12ba, 1",
        "0.25dur, 12ba, 3",
        "0.3dur, 12ba, 4",
        "0.25dur, 4ep, 4",
        "0.3dur, 4ep, 7"
    })
    void byTimeItBeginsAsInComposer(String begin, String training, long first) {
        try (AveragingHandler handler = AveragingHandler.builder(model, HALF)
                .begin(TrainingTime.parse(begin))
                .training(TrainingTime.parse(training))
                .build()) {
            for (int i = 1; i <= 12; i++) {
                train(handler, i);
                assertThat(handler.average().counters().calls())
                        .as("iteration %d", i)
                        .isEqualTo(Math.max(0, i - first + 1));
                if (i % 3 == 0) {
                    handler.epochCompleted();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0ep, 1", "2ep, 2", "3ba, 1", "4ba, 2", "0.5dur, 2"})
    void atEpochsItBeginsAtTheEndOfOne(String begin, long first) {
        try (AveragingHandler handler = AveragingHandler.builder(model, HALF)
                .filter(UpdateFilter.every(1).atEpochs())
                .begin(TrainingTime.parse(begin))
                .training(TrainingTime.parse("4ep"))
                .build()) {
            for (int epoch = 1; epoch <= 4; epoch++) {
                for (int i = 0; i < 3; i++) {
                    train(handler, 10 * epoch + i);
                }
                handler.epochCompleted();
                assertThat(handler.average().counters().calls()).isEqualTo(Math.max(0, epoch - first + 1));
                if (epoch < first) {
                    assertThat(bias(handler)).as("a copy").isEqualTo(10 * epoch + 2);
                }
            }
        }
    }

    @Test
    void aBeginThatCannotBeIsRefused() {
        AveragingHandlerBuilder builder = AveragingHandler.builder(model, HALF);
        assertThatThrownBy(() -> builder.beginIteration(3).beginEpoch(2).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not by several");
        assertThatThrownBy(() ->
                        builder.beginEpoch(0).begin(TrainingTime.parse("1ep")).build())
                .hasMessageContaining("not by several");
        assertThatThrownBy(() -> builder.beginIteration(-1)).hasMessageContaining("iteration 0 or later, not at -1");
        assertThatThrownBy(() -> builder.beginEpoch(-2)).hasMessageContaining("epoch 0 or later, not at -2");
        assertThatThrownBy(() -> builder.begin(TrainingTime.parse("5tok"))).hasMessageContaining("not after 5tok");
        assertThatThrownBy(() -> builder.begin(TrainingTime.parse("-5ba"))).hasMessageContaining("after -5ba");
        assertThatThrownBy(() -> builder.training(TrainingTime.parse("1dur"))).hasMessageContaining("not for 1.0dur");
        assertThatThrownBy(() -> builder.training(TrainingTime.parse("0ep"))).hasMessageContaining("not for 0ep");
        builder.beginIteration(0);
        assertThatThrownBy(() -> builder.begin(TrainingTime.parse("0.1dur")).build())
                .hasMessageContaining("unknown length");
        AveragingHandlerBuilder late = AveragingHandler.builder(model, HALF).training(TrainingTime.parse("4ep"));
        assertThatThrownBy(() -> late.beginEpoch(5).build()).hasMessageContaining("number 5 of a training of only 4ep");
        assertThatThrownBy(() -> AveragingHandler.builder(model)).hasMessageContaining("needs a rule");
    }

    @Test
    void betweenFiringsNothingIsTouched() {
        Net.set(model, "bias", 0);
        try (AveragingHandler handler = AveragingHandler.builder(model, HALF)
                .filter(UpdateFilter.every(3))
                .build()) {
            long before = Net.tracked(handler.averageStore());
            train(handler, 5);
            train(handler, 6);
            assertThat(bias(handler)).isZero();
            assertThat(Net.tracked(handler.averageStore())).isEqualTo(before);
            train(handler, 8);
            assertThat(bias(handler)).isEqualTo(4);
            assertThat(Net.tracked(handler.averageStore())).isEqualTo(8);
            assertThat(handler.average().counters().calls()).isEqualTo(1);
        }
    }

    @Test
    void theMomentumIsTheLatestWeightOnTheSource() {
        ScheduledRule rule = ScheduledRule.of(Schedules.momentum(0.1).warmup(Warmup.linear(0.5, 6)))
                .formula(UpdateFormula.MUL_ADD)
                .every(2)
                .start(3);
        try (AveragingHandler handler =
                AveragingHandler.builder(model, rule, HALF).build()) {
            List<Double> momenta = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                momenta.add(handler.momentum());
                train(handler, i);
                assertThat(handler.momentum(1)).isEqualTo(0.5);
            }
            // calls 1 and 2 copy, call 4 is the first update, then every second
            assertThat(momenta).containsExactly(1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.42, 0.42);
        }
    }

    @Test
    void aSkippedUpdateLeavesTheMomentum() {
        try (AveragingHandler handler = AveragingHandler.builder(ParameterAverage.builder(model)
                        .schedule(Schedules.equal())
                        .nonFinite(NonFinitePolicy.SKIP_UPDATE)
                        .build())
                .build()) {
            train(handler, 1);
            train(handler, Double.NaN);
            assertThat(handler.momentum()).isEqualTo(0.5);
            train(handler, 1);
            assertThat(handler.momentum()).isEqualTo(0.25);
        }
    }

    @Test
    void anEventCountsThoughItsUpdateFails() {
        try (AveragingHandler handler = AveragingHandler.builder(ParameterAverage.builder(model)
                        .schedule(Schedules.momentum(0.5))
                        .nonFinite(NonFinitePolicy.ABORT)
                        .build())
                .build()) {
            assertThatThrownBy(() -> train(handler, Double.NaN)).hasMessageContaining("infinite or NaN");
            assertThat(handler.iteration()).isEqualTo(1);
            assertThat(handler.average().counters().calls()).isZero();
            train(handler, 1);
            assertThat(handler.iteration()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEvaluationHasTheAverageInTheModelsPlace(boolean parked) {
        try (AveragingHandler handler = handler(parked);
                ParameterStore average = advance(handler);
                ParameterStore raw = Net.copy(model);
                ParameterStore kept = Net.copy(handler.averageStore())) {
            try (Evaluation evaluation = handler.evaluation()) {
                assertThat(evaluation.isSwapped()).isTrue();
                assertThat(Net.different(model, average)).isEmpty();
                assertThat(Net.different(handler.modelStore(), raw)).isEmpty();
                assertThat(handler.modelStore().layout()).isEqualTo(Net.LAYOUT);
                assertThat(Net.different(handler.averageStore(), kept)).isEmpty();
                assertThat(handler.checkpointSaving().swapped()).isTrue();
            }
            assertThat(Net.different(model, raw)).isEmpty();
            assertThat(Net.different(handler.averageStore(), kept)).isEmpty();
            assertThat(handler.modelStore()).isSameAs(model);
            assertThat(handler.checkpointSaving().swapped()).isFalse();
            handler.evaluationStarted();
            assertThat(Net.different(model, average)).isEmpty();
            handler.evaluationEnded();
            assertThat(Net.different(model, raw)).isEmpty();
        }
    }

    private AveragingHandler handler(boolean parked) {
        AverageBuilder average =
                ParameterAverage.builder(model).rules(List.of(HALF, ScheduledRule.of(Schedules.momentum(0.25))));
        return AveragingHandler.builder(parked ? average.dtype(DType.F64).build() : average.build())
                .build();
    }

    /** Some iterations; returns what the model holds when the average is in its place. */
    private ParameterStore advance(AveragingHandler handler) {
        for (int i = 1; i < 4; i++) {
            handler.optimizerStepping();
            Net.step(model, i);
            handler.iterationCompleted();
        }
        ParameterStore average = Net.copy(model);
        average.copyFrom(handler.averageStore());
        return average;
    }

    @Test
    void anyOfSeveralAveragesCanBeEvaluated() {
        try (AveragingHandler handler = handler(false);
                ParameterStore first = advance(handler);
                ParameterStore second = Net.copy(handler.averageStore(1))) {
            assertThat(Net.same(first, second)).isFalse();
            try (Evaluation evaluation = handler.evaluation(1)) {
                assertThat(evaluation.isSwapped()).isTrue();
                assertThat(Net.different(model, second)).isEmpty();
                assertThat(Net.different(handler.averageStore(0), first)).isEmpty();
                assertThat(Net.different(handler.averageStore(1), second)).isEmpty();
            }
            assertThatThrownBy(() -> handler.evaluation(2)).isInstanceOf(IndexOutOfBoundsException.class);
            handler.optimizerStepping(); // no evaluation has begun
        }
    }

    @Test
    void whatTheAverageDoesNotHoldStaysTheModels() {
        TreatmentOverrides rule =
                TreatmentOverrides.of(HALF).role(Role.BUFFER, Treatment.OMIT).named("head.w", Treatment.OMIT);
        try (AveragingHandler handler = AveragingHandler.builder(model, rule).build()) {
            Net.step(model, 1);
            train(handler, 1);
            ParameterStore average = Net.copy(handler.averageStore());
            ParameterStore raw = Net.copy(model);
            Evaluation evaluation = handler.evaluation();
            assertThat(evaluation.isSwapped()).isTrue();
            assertThat(handler.averageStore().layout().indexOf("sigma")).isNegative();
            assertThat(Net.different(handler.averageStore(), average)).isEmpty();
            assertThat(Net.same(handler.modelStore(), model)).isFalse();
            assertThat(Net.different(handler.modelStore(), raw))
                    .as("head.w is tied to w, and so where w is")
                    .isEmpty();
        }
    }

    @Test
    void theModelComesBackWhateverHappens() {
        try (AveragingHandler handler = handler(false);
                ParameterStore average = advance(handler);
                ParameterStore raw = Net.copy(model)) {
            assertThatThrownBy(() -> {
                        try (Evaluation evaluation = handler.evaluation()) {
                            assertThat(evaluation.isSwapped()).isTrue();
                            throw new IllegalStateException("out of data");
                        }
                    })
                    .hasMessage("out of data");
            assertThat(Net.different(model, raw)).isEmpty();
            handler.optimizerStepping();
            handler.iterationCompleted();
            handler.evaluation();
            handler.close();
            handler.close();
            assertThat(Net.different(model, raw)).isEmpty();
        }
    }

    @Test
    void nothingElseHappensDuringAnEvaluation() {
        try (AveragingHandler handler = handler(false);
                ParameterStore average = advance(handler)) {
            HandlerState state = handler.checkpointSaving();
            Evaluation evaluation = handler.evaluation();
            for (Runnable event : List.<Runnable>of(
                    handler::optimizerStepping,
                    handler::iterationCompleted,
                    handler::epochCompleted,
                    handler::evaluationStarted,
                    handler::evaluation,
                    () -> handler.checkpointLoaded(state, average, average),
                    () -> handler.updateBatchNorm(net -> {}))) {
                assertThatThrownBy(event::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("an evaluation has not ended");
            }
            evaluation.close();
            evaluation.close();
            assertThatThrownBy(handler::evaluationEnded).hasMessageContaining("call evaluationStarted() first");
            Evaluation second = handler.evaluation();
            evaluation.close();
            assertThatThrownBy(handler::optimizerStepping)
                    .as("the first scope does not end the second")
                    .hasMessageContaining("has not ended");
            second.close();
        }
    }

    @Test
    void anAverageThatWasNeverUpdatedIsNotSwappedIn() {
        try (Warnings warnings = new Warnings();
                AveragingHandler handler =
                        AveragingHandler.builder(model, HALF).beginIteration(3).build()) {
            train(handler, 1);
            Net.set(model, "bias", 7);
            for (int i = 0; i < 2; i++) {
                try (Evaluation evaluation = handler.evaluation()) {
                    assertThat(evaluation.isSwapped()).isFalse();
                    assertThat(Net.get(model, "bias")).isEqualTo(7);
                    assertThat(handler.checkpointSaving().swapped()).isFalse();
                    assertThatThrownBy(handler::iterationCompleted).hasMessageContaining("an evaluation has not ended");
                }
            }
            assertThat(warnings.messages())
                    .containsExactly(
                            "INFO: the model is evaluated with its own weights, as its average has never been updated yet");
            train(handler, 1);
            train(handler, 3);
            try (Evaluation evaluation = handler.evaluation()) {
                assertThat(evaluation.isSwapped()).isTrue();
                assertThat(Net.get(model, "bias")).isEqualTo(2);
            }
        }
        Net.set(model, "bias", 1);
        try (AveragingHandler handler =
                AveragingHandler.builder(model, HALF).swappingInitial().build()) {
            Net.set(model, "bias", 7);
            try (Evaluation evaluation = handler.evaluation()) {
                assertThat(evaluation.isSwapped()).isTrue();
                assertThat(Net.get(model, "bias")).isEqualTo(1);
            }
        }
    }

    @Test
    void ofTwoHandlersOfOneModelOneAtATimeIsInItsPlace() {
        try (AveragingHandler one = AveragingHandler.builder(model, HALF).build();
                AveragingHandler other = AveragingHandler.builder(model, HALF).build();
                ParameterAverage bare = ParameterAverage.builder(model)
                        .schedule(Schedules.equal())
                        .build()) {
            train(one, 1);
            train(other, 2);
            try (ParameterStore raw = Net.copy(model);
                    Evaluation evaluation = one.evaluation()) {
                assertThat(evaluation.isSwapped()).isTrue();
                for (Runnable event : List.<Runnable>of(
                        other::optimizerStepping,
                        other::iterationCompleted,
                        other::evaluation,
                        bare::update,
                        bare::swap,
                        bare::restart,
                        () -> AveragingHandler.builder(model, HALF).build())) {
                    assertThatThrownBy(event::run)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("another average is in this model's place");
                }
                assertThat(Net.different(other.modelStore(), raw)).isEmpty();
                assertThat(Net.get(other.averageStore(), "bias")).isNotEqualTo(Net.get(model, "bias"));
            }
            train(other, 3);
            bare.update();
        }
    }

    @Test
    void aTakenOverAverageIsNotReplacedByACopy() {
        ParameterAverage resumed = ParameterAverage.builder(model).rule(HALF).build();
        Net.set(model, "bias", 16);
        try (ParameterStore saved = Net.copy(model)) {
            resumed.restore(new AverageCounters(5, 5), saved);
        }
        try (AveragingHandler handler =
                AveragingHandler.builder(resumed).beginIteration(100).build()) {
            train(handler, 0);
            assertThat(bias(handler)).isEqualTo(8);
        }
    }

    @Test
    void aCheckpointWithoutAnAverageIsAWarningAndACopy() {
        try (Warnings warnings = new Warnings();
                AveragingHandler handler = AveragingHandler.builder(model, HALF).build()) {
            train(handler, 1);
            Net.set(model, "bias", 6);
            handler.checkpointLoadedWithoutAverage(40, 2);
            assertThat(warnings.messages())
                    .containsExactly(
                            "WARNING: the checkpoint has no average: it begins anew, at iteration 40, with a copy of the model");
            assertThat(bias(handler)).isEqualTo(6);
            assertThat(handler.average().counters()).isEqualTo(AverageCounters.ZERO);
            train(handler, 0);
            assertThat(bias(handler)).isEqualTo(3);
            assertThat(handler.iteration()).isEqualTo(41);
            assertThat(handler.epoch()).isEqualTo(2);
            assertThatThrownBy(() -> handler.checkpointLoadedWithoutAverage(-1, 0))
                    .hasMessageContaining("-1 completed");
        }
    }

    @Test
    void averagesOfDifferentIntervalsGoOnFromCountersOfTheirOwn() {
        try (AveragingHandler handler =
                        AveragingHandler.builder(model, HALF, HALF.every(3)).build();
                AveragingHandler resumed =
                        AveragingHandler.builder(model, HALF, HALF.every(3)).build()) {
            for (int i = 0; i < 8; i++) {
                handler.optimizerStepping();
                handler.iterationCompleted();
            }
            HandlerState state =
                    HandlerState.fromMetadata(handler.checkpointSaving().toMetadata());
            resumed.checkpointLoaded(state, handler.averageStore(0), handler.averageStore(1));
            assertThat(resumed.average().average(0).counters()).isEqualTo(new AverageCounters(8, 8));
            assertThat(resumed.average().average(1).counters()).isEqualTo(new AverageCounters(8, 2));
            assertThat(resumed.checkpointSaving()).isEqualTo(state);
        }
    }

    @Test
    void aStateOfAnotherHandlerIsRefusedBeforeAnythingChanges() {
        try (AveragingHandler handler = handler(false);
                AveragingHandler single = AveragingHandler.builder(model, HALF).build();
                ParameterStore numbers = advance(handler)) {
            HandlerState two = handler.checkpointSaving();
            HandlerState one = single.checkpointSaving();
            assertThatThrownBy(() -> handler.checkpointLoaded(one, numbers))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("one of 1 averages, but there are 2");
            assertThatThrownBy(() -> handler.checkpointLoaded(two, numbers))
                    .hasMessageContaining("2 averages to restore");
            assertThat(handler.checkpointSaving()).isEqualTo(two);
        }
    }

    @Test
    void aTornAverageIsNotSaved() {
        AveragingHandler handler = AveragingHandler.builder(model, HALF).build();
        handler.close();
        assertThatThrownBy(handler::checkpointSaving)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this average is closed");
    }

    @Test
    void aPatternThatFitsNothingIsAWarning() {
        TreatmentOverrides rule = TreatmentOverrides.of(HALF)
                .named("*.running_*", Treatment.AVERAGE)
                .named("haed.*", Treatment.FREEZE);
        try (Warnings warnings = new Warnings();
                AveragingHandler handler = AveragingHandler.builder(model, rule).build()) {
            assertThat(handler.momentum()).isEqualTo(1);
            assertThat(warnings.messages())
                    .containsExactly("WARNING: the pattern 'haed.*' fits no tensor of the model");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Integer.MAX_VALUE})
    void aStepAllocatesNothing(long begin) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AveragingHandlers handlers = new AveragingHandlers();
        try (handlers) {
            ScheduledRule rule = ScheduledRule.of(Schedules.decay(0.999).warmup(Warmup.ramp()));
            handlers.attach(
                    "a",
                    AveragingHandler.builder(ParameterAverage.builder(model)
                                    .rules(List.of(rule, HALF))
                                    .threads(1)
                                    .build())
                            .beginIteration(begin)
                            .build());
            long bytes = Long.MAX_VALUE;
            for (int round = 0; round < 100 && bytes > 0; round++) { // until all is compiled
                long before = threads.getCurrentThreadAllocatedBytes();
                steps(handlers, 5000);
                bytes = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(bytes).as("in 5000 steps").isZero();
        }
    }

    private static void steps(AveragingHandlers handlers, int count) {
        for (int i = 0; i < count; i++) {
            handlers.optimizerStepping();
            handlers.iterationCompleted();
        }
    }
}
