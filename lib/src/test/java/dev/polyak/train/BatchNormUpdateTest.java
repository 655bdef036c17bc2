package dev.polyak.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.AverageBuilder;
import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.Treatment;
import dev.polyak.rule.TreatmentOverrides;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchNormUpdateTest {
    private static final ScheduledRule AVERAGED = ScheduledRule.of(Schedules.momentum(0.5))
            .buffers(BufferPolicy.AVERAGE)
            .integers(IntegerPolicy.TRUNCATE);

    private final ParameterStore model = Net.create();

    @AfterEach
    void close() {
        model.close();
    }

    private AveragingHandler trained(ParameterAverage average) {
        AveragingHandler handler = AveragingHandler.builder(average).build();
        for (int i = 1; i < 5; i++) {
            handler.optimizerStepping();
            Net.step(model, i);
            handler.iterationCompleted();
        }
        return handler;
    }

    private AveragingHandler trained(boolean wide) {
        AverageBuilder average = ParameterAverage.builder(model).rule(AVERAGED);
        return trained(wide ? average.dtype(DType.F64).build() : average.build());
    }

    /** As PyTorch's BatchNorm with momentum = None: a plain mean over batches; and another buffer changes, too. */
    private static void passes(ParameterStore net, double... means) {
        for (double mean : means) {
            Net.set(net, "bn.num_batches_tracked", Net.tracked(net) + 1);
            double share = 1.0 / Net.tracked(net);
            for (int i = 0; i < 5; i++) {
                for (String name : List.of("bn.running_mean", "bn.running_var")) {
                    float before = HostStore.of(net).segment(name).getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    HostStore.of(net).segment(name).setAtIndex(ValueLayout.JAVA_FLOAT, i, (float)
                            (before * (1 - share) + (mean + i) * share));
                }
            }
            Net.set(net, "sigma", mean);
        }
    }

    private static List<Float> values(ParameterStore store, String name) {
        try (HostStore narrow = ParameterStore.allocate(
                store.layout().select(tensor -> tensor.name().equals(name)).map(tensor -> tensor.as(DType.F32)))) {
            narrow.copyFrom(store);
            List<Float> values = new ArrayList<>();
            for (int i = 0; i < narrow.layout().tensor(0).elements(); i++) {
                values.add(narrow.segment(0).getAtIndex(ValueLayout.JAVA_FLOAT, i));
            }
            return values;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theStatisticsOfThePassesStayWithTheAverageAlone(boolean wide) {
        try (AveragingHandler handler = trained(wide);
                ParameterStore raw = Net.copy(model);
                ParameterStore before = Net.copy(handler.averageStore());
                ParameterStore rounded = Net.copy(model)) {
            rounded.copyFrom(before);
            boolean done = handler.updateBatchNorm(net -> {
                assertThat(net.address(0)).isEqualTo(model.address(0));
                assertThatThrownBy(() -> model.write(0, 0, MemorySegment.ofArray(new float[1])))
                        .hasMessageContaining("an average is in this store's place");
                net.write(0, 0, HostStore.of(net).segment(0)); // to the same memory
                assertThat(values(net, "w")).isEqualTo(values(rounded, "w")).isNotEqualTo(values(raw, "w"));
                assertThat(values(net, "bn.running_mean")).containsOnly(0f);
                assertThat(values(net, "bn.running_var")).containsOnly(1f);
                assertThat(Net.tracked(net)).isZero();
                passes(net, 1, 2, 3);
                assertThatThrownBy(handler::evaluation).hasMessageContaining("an evaluation has not ended");
            });
            assertThat(done).isTrue();
            assertThat(Net.different(model, raw)).isEmpty();
            ParameterStore average = handler.averageStore();
            assertThat(values(average, "bn.running_mean")).containsExactly(2f, 3f, 4f, 5f, 6f);
            assertThat(values(average, "bn.running_var")).containsExactly(2f, 3f, 4f, 5f, 6f);
            assertThat(Net.tracked(average)).isEqualTo(3);
            for (String other : List.of("w", "bias", "sigma")) {
                assertThat(HostStore.of(average)
                                .segment(other)
                                .mismatch(HostStore.of(before).segment(other)))
                        .as(other)
                        .isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ifThePassesFailNothingHasHappened(boolean wide) {
        try (AveragingHandler handler = trained(wide);
                ParameterStore raw = Net.copy(model);
                ParameterStore before = Net.copy(handler.averageStore())) {
            assertThatThrownBy(() -> handler.updateBatchNorm(net -> {
                        passes(net, 1, 2);
                        throw new IOException("no more data");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("no more data");
            assertThat(Net.different(model, raw)).isEmpty();
            assertThat(Net.different(handler.averageStore(), before)).isEmpty();
            handler.optimizerStepping();
        }
    }

    @Test
    void buffersThatTheAverageDoesNotHoldStayTheModels() {
        TreatmentOverrides rule = TreatmentOverrides.of(AVERAGED).named("sigma", Treatment.OMIT);
        try (AveragingHandler handler =
                        trained(ParameterAverage.builder(model).rule(rule).build());
                ParameterStore raw = Net.copy(model)) {
            handler.updateBatchNorm(net -> passes(net, 4));
            assertThat(Net.different(model, raw)).isEmpty();
        }
        TreatmentOverrides parameters = TreatmentOverrides.of(AVERAGED)
                .role(Role.BUFFER, Treatment.OMIT)
                .named("*num_batches_tracked", Treatment.OMIT);
        try (AveragingHandler handler =
                trained(ParameterAverage.builder(model).rule(parameters).build())) {
            assertThatThrownBy(() -> handler.updateBatchNorm(net -> passes(net, 4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not hold 'bn.running_mean'");
        }
    }

    @Test
    void oneOfSeveralAveragesIsRecomputed() {
        try (AveragingHandler handler = trained(ParameterAverage.builder(model)
                        .rules(List.of(AVERAGED, AVERAGED))
                        .build());
                ParameterStore first = Net.copy(handler.averageStore(0))) {
            handler.updateBatchNorm(1, BatchNormNames.PYTORCH, net -> passes(net, 4));
            assertThat(Net.different(handler.averageStore(0), first)).isEmpty();
            assertThat(values(handler.averageStore(1), "bn.running_var")).containsExactly(4f, 5f, 6f, 7f, 8f);
        }
    }

    @Test
    void aModelWithoutStatisticsNeedsNoPasses() {
        try (AveragingHandler handler = trained(false)) {
            assertThat(handler.updateBatchNorm(0, BatchNormNames.KERAS, net -> passes(net, 4)))
                    .isFalse();
        }
    }

    @Test
    void anAverageThatWasNeverUpdatedHasNothingToRecompute() {
        try (AveragingHandler handler =
                AveragingHandler.builder(model, AVERAGED).build()) {
            assertThatThrownBy(() -> handler.updateBatchNorm(net -> passes(net, 4)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has never been updated");
        }
        try (AveragingHandler handler =
                AveragingHandler.builder(model, AVERAGED).swappingInitial().build()) {
            assertThat(handler.updateBatchNorm(net -> passes(net, 4))).isTrue();
            assertThat(Net.tracked(handler.averageStore())).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"BF16, F32", "F16, BF16", "F64, F32", "F32, F32"})
    void namesAndTypesAreTheModels(DType type, DType kept) {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.parameter("gamma", type, 3),
                TensorSpec.parameter("bn/moving_mean", type, 3), // whatever its role
                TensorSpec.buffer("bn/moving_variance", type, 3));
        try (ParameterStore net = ParameterStore.allocate(layout, Device.cpu());
                AveragingHandler handler = AveragingHandler.builder(ParameterAverage.builder(net)
                                .rule(AVERAGED)
                                .dtype(kept)
                                .build())
                        .swappingInitial()
                        .build()) {
            assertThat(handler.updateBatchNorm(0, BatchNormNames.KERAS, ignored -> {
                        assertThat(values(net, "bn/moving_variance")).containsOnly(1f);
                        HostStore.of(net)
                                .segment("bn/moving_mean")
                                .copyFrom(HostStore.of(net).segment("bn/moving_variance"));
                    }))
                    .isTrue();
            assertThat(values(handler.averageStore(), "bn/moving_mean")).containsOnly(1f);
            assertThat(values(handler.averageStore(), "bn/moving_variance")).containsOnly(1f);
            assertThat(values(net, "bn/moving_mean")).containsOnly(0f);
            assertThat(values(net, "bn/moving_variance")).containsOnly(0f);
            assertThatThrownBy(() -> handler.updateBatchNorm(0, BatchNormNames.of("*mean", "nothing", ""), ignored -> {
                        throw new IllegalStateException("means alone will do");
                    }))
                    .hasMessage("means alone will do");
        }
    }

    @Test
    void aVarianceIsNoInteger() {
        try (AveragingHandler handler = trained(false)) {
            assertThatThrownBy(() -> handler.updateBatchNorm(
                            0, BatchNormNames.of("*mean", "*tracked", ""), net -> passes(net, 4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the variance 'bn.num_batches_tracked' cannot be I64");
        }
    }
}
