package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.cuda.CudaStream;
import dev.polyak.frameworks.Rules;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.internal.kernel.Elements;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.StandIn;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Averages on a GPU have the bits of those on the CPU. */
class CudaAverageTest {
    private static final Device GPU = Device.cuda(0);
    private static final List<DType> FLOATS = List.of(DType.F32, DType.F64, DType.BF16, DType.F16);
    /** Both branches of a lerp, their border, a copy, nothing, and a weight that some systems use below 0. */
    private static final double[] WEIGHTS = {1e-4, 0.1, 0.4999999, 0.5, 0.9, 0.333, 0.02};

    @BeforeEach
    void requireCuda() {
        StandIn.require();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(StandIn.liveBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource(UpdateFormula.class)
    void everyOrderOnEveryPairOfTypes(UpdateFormula formula) {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.parameter("f32", DType.F32, 1037),
                TensorSpec.parameter("f64", DType.F64, 517),
                TensorSpec.parameter("bf16", DType.BF16, 2051),
                TensorSpec.parameter("f16", DType.F16, 2053));
        for (DType kept : FLOATS) {
            for (NonFinitePolicy policy : List.of(NonFinitePolicy.FOLD, NonFinitePolicy.SKIP_ELEMENT)) {
                AverageRule rule = ScheduledRule.of(Schedules.weights(WEIGHTS)).formula(formula);
                sameBits(layout, List.of(rule), kept, policy, WEIGHTS.length - 1);
            }
        }
    }

    @Test
    void everyTreatmentOfEveryType() {
        ParameterLayout.Builder layout = ParameterLayout.builder();
        for (DType type : DType.values()) {
            layout.add(TensorSpec.parameter("parameter." + type, type.isFloat() ? type : DType.F32, 9, 7));
            layout.add(TensorSpec.buffer("buffer." + type, type, 8, 5));
        }
        List<AverageRule> rules = new ArrayList<>();
        for (BufferPolicy buffers : BufferPolicy.values()) {
            for (IntegerPolicy integers : List.of(IntegerPolicy.COPY, IntegerPolicy.FREEZE, IntegerPolicy.TRUNCATE)) {
                if (buffers != BufferPolicy.AVERAGE) { // which opaque types are not
                    rules.add(ScheduledRule.of(Schedules.decay(0.9))
                            .formula(UpdateFormula.BLEND)
                            .every(2)
                            .start(3)
                            .buffers(buffers)
                            .integers(integers));
                }
            }
        }
        // More averages than one launch takes.
        rules.add(
                ScheduledRule.of(Schedules.equal()).formula(UpdateFormula.MEAN).integers(IntegerPolicy.TRUNCATE));
        rules.add(ScheduledRule.of(Schedules.decay(0.5)));
        rules.add(ScheduledRule.of(Schedules.decay(0.25)));
        sameBits(layout.build(), rules, null, NonFinitePolicy.FOLD, 7);
        sameBits(layout.build(), rules, DType.F32, NonFinitePolicy.FOLD, 7);
    }

    @Test
    void aCallMayCopyAndThenMix() {
        AverageRule rule = Rules.parse("composer.EMA(half_life='5ba', update_interval='2ba', ema_start='3ba')")
                .rule();
        sameBits(Numbers.MODEL, List.of(rule), null, NonFinitePolicy.FOLD, 5);
    }

    @Test
    void anAverageThatBeginsAtZeroIsDebiased() {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.parameter("v", DType.BF16, 77), TensorSpec.parameter("w", DType.F32, 1001));
        AverageRule rule = Rules.optax().with("decay", 0.9).build().rule();
        assertThat(rule.startsAtZero()).isTrue();
        sameBits(layout, List.of(rule), null, NonFinitePolicy.FOLD, 3);
    }

    @Test
    void oneLaunchUpdatesAllTensorsOfUpToEightAverages() {
        ParameterLayout.Builder layout = ParameterLayout.builder();
        for (int i = 0; i < 300; i++) {
            layout.add(TensorSpec.parameter("w" + i, i % 2 == 0 ? DType.F32 : DType.BF16, 17 + i));
        }
        List<AverageRule> rules = new ArrayList<>();
        for (int k = 0; k < 8; k++) {
            rules.add(ScheduledRule.of(Schedules.decay(0.9 + k / 100.0)));
        }
        try (ParameterStore model = ParameterStore.allocate(layout.build(), GPU);
                ParameterAverage average =
                        ParameterAverage.builder(model).rules(rules).build()) {
            long before = StandIn.launches();
            average.update();
            assertThat(StandIn.launches() - before).isEqualTo(1);
        }
    }

    @Test
    void averagesMayBeKeptInScatteredMemory() {
        ParameterLayout layout =
                ParameterLayout.of(TensorSpec.parameter("v", DType.F32, 33), TensorSpec.parameter("w", DType.BF16, 65));
        List<AverageRule> rules =
                List.of(ScheduledRule.of(Schedules.decay(0.9)), ScheduledRule.of(Schedules.decay(0.5)));
        try (ParameterStore host = Numbers.random(layout, 1);
                ParameterStore model = onGpu(host);
                CudaMemory memory = CudaMemory.allocate(0, 4096, "scattered averages");
                ParameterStore first = scattered(layout, memory.address(), memory.address() + 1024);
                ParameterStore second = scattered(layout, memory.address() + 3072, memory.address() + 2048);
                ParameterAverage average = ParameterAverage.builder(model)
                        .rules(rules)
                        .into(first, second)
                        .build();
                ParameterAverage expected =
                        ParameterAverage.builder(host).rules(rules).build()) {
            Numbers.randomize(host, 2);
            model.copyFrom(host);
            average.update();
            expected.update();
            assertThat(Numbers.firstDifference(first, expected.average(0).store()))
                    .isEmpty();
            assertThat(Numbers.firstDifference(second, expected.average(1).store()))
                    .isEmpty();
        }
    }

    private static ParameterStore scattered(ParameterLayout layout, long first, long second) {
        return ParameterStore.wrap(GPU)
                .tensor(layout.tensor(0), first)
                .tensor(layout.tensor(1), second)
                .build();
    }

    @Test
    void anUpdateComesBetweenTheWorkOfItsStream() {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 5000));
        try (ParameterStore first = Numbers.random(layout, 1);
                ParameterStore model = onGpu(first);
                ParameterStore reference = Numbers.random(layout, 1);
                ParameterStore next = onGpu(first);
                ParameterAverage average = of(model);
                ParameterAverage expected = of(reference);
                CudaStream training = CudaStream.create(0);
                CudaStream other = CudaStream.create(0)) {
            for (int step = 2; step < 40; step++) {
                StandIn.delays(step, 300);
                Numbers.randomize(reference, step);
                next.copyFrom(reference);
                CudaStream stream = step % 3 == 0 ? other : training;
                stream.copy(model.address(0), next.address(0), layout.byteSize()); // a training step, sort of
                average.update(stream);
                stream.fill(model.address(0), (byte) 0x7F, layout.byteSize()); // the next one
                expected.update();
                if (step % 5 == 0) {
                    assertThat(Numbers.firstDifference(average.store(), expected.store()))
                            .isEmpty();
                }
                await(stream); // before "next" is written to from another stream
            }
            assertThat(Numbers.firstDifference(average.store(), expected.store()))
                    .isEmpty();
            assertThat(average.counters()).isEqualTo(expected.counters());
        }
    }

    @Test
    void aStreamMustBeOfTheModelsGpu() {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 5));
        try (ParameterStore host = Numbers.random(layout, 1);
                ParameterStore model = onGpu(host);
                ParameterAverage onHost = of(host);
                ParameterAverage average = of(model);
                CudaStream elsewhere = CudaStream.create(1)) {
            assertThatThrownBy(() -> average.update(elsewhere))
                    .hasMessage("the model is on cuda:0, the stream on cuda:1: give a stream of the model's");
            assertThatThrownBy(() -> onHost.update(elsewhere)).hasMessageContaining("the model is on cpu");
        }
    }

    /** Compares averages on GPU and CPU after each of some steps with numbers of every kind. */
    private static void sameBits(
            ParameterLayout layout, List<AverageRule> rules, DType kept, NonFinitePolicy policy, int steps) {
        try (ParameterStore host = numbers(layout, 0);
                ParameterStore model = onGpu(host);
                ParameterAverage expected = build(host, rules, kept, policy);
                ParameterAverage average = build(model, rules, kept, policy)) {
            for (int step = 1; step <= steps; step++) {
                try (ParameterStore next = numbers(layout, step)) {
                    host.copyFrom(next);
                    model.copyFrom(next);
                }
                average.update();
                expected.update();
                for (int k = 0; k < rules.size(); k++) {
                    assertThat(difference(
                                    average.average(k).store(),
                                    expected.average(k).store()))
                            .as("average %d in %s after step %d", k, kept, step)
                            .isEmpty();
                    try (ParameterStore here = average.average(k).value();
                            ParameterStore there = expected.average(k).value()) {
                        assertThat(difference(here, there)).isEmpty();
                    }
                }
                assertThat(average.skippedElements()).isEqualTo(expected.skippedElements());
            }
        }
    }

    private static ParameterAverage build(
            ParameterStore model, List<AverageRule> rules, DType kept, NonFinitePolicy policy) {
        AverageBuilder builder = ParameterAverage.builder(model).rules(rules).nonFinite(policy);
        return (kept == null ? builder : builder.dtype(kept)).build();
    }

    private static ParameterAverage of(ParameterStore model) {
        Schedule schedule = Schedules.decay(0.75);
        return ParameterAverage.builder(model).schedule(schedule).build();
    }

    private static ParameterStore onGpu(ParameterStore numbers) {
        ParameterStore store = ParameterStore.allocate(numbers.layout(), GPU);
        store.copyFrom(numbers);
        return store;
    }

    /** Random numbers, and now and then an infinity, a NaN, a subnormal, a very large one, a zero. */
    private static ParameterStore numbers(ParameterLayout layout, int seed) {
        ParameterStore store = Numbers.random(layout, seed);
        double[] special = {
            Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e-41, 6e-8, 3e38, 65504, -0.0, 1e-310, 1e39
        };
        for (int i = 0; i < layout.size(); i++) {
            DType type = layout.tensor(i).dtype();
            if (type.isFloat()) {
                int bytes = type.bits() / 8;
                for (int j = seed; j < layout.tensor(i).elements(); j += 23) {
                    Elements.of(type)
                            .putDouble(
                                    HostStore.of(store).segment(i),
                                    (long) j * bytes,
                                    special[(j + seed) % special.length]);
                }
            }
        }
        return store;
    }

    /** The first element that differs, where a NaN equals any NaN; empty if none does. */
    private static String difference(ParameterStore one, ParameterStore other) {
        for (int i = 0; i < one.layout().size(); i++) {
            TensorSpec tensor = one.layout().tensor(i);
            MemorySegment a = Numbers.bytes(one, i);
            MemorySegment b = Numbers.bytes(other, i);
            if (!tensor.dtype().isFloat()) {
                if (a.mismatch(b) >= 0) {
                    return tensor.name();
                }
                continue;
            }
            int bytes = tensor.dtype().bits() / 8;
            for (long j = 0; j < tensor.elements(); j++) {
                double x = Elements.of(tensor.dtype()).doubleAt(a, j * bytes);
                double y = Elements.of(tensor.dtype()).doubleAt(b, j * bytes);
                if (Double.doubleToLongBits(x) != Double.doubleToLongBits(y)) {
                    return tensor.name() + "[" + j + "]: " + x + " instead of " + y;
                }
            }
        }
        return "";
    }

    private static void await(CudaStream stream) {
        try {
            stream.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
