package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polyak.error.MemoryLostException;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.schedule.Warmup;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterFoldTest {
    private static final List<IntegerPolicy> INTEGERS =
            List.of(IntegerPolicy.COPY, IntegerPolicy.TRUNCATE, IntegerPolicy.FREEZE);

    private static ParameterStore fold(ParameterFold fold) throws IOException {
        ParameterStore result = ParameterStore.allocate(fold.layout(), Device.cpu());
        fold.run((tensor, at, piece) ->
                MemorySegment.copy(piece, 0, HostStore.of(result).segment(tensor), at, piece.byteSize()));
        return result;
    }

    private static List<ParameterStore> states(ParameterLayout layout, int count) {
        List<ParameterStore> states = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            states.add(Numbers.random(layout, 100 + k));
        }
        return states;
    }

    @Property(tries = 80)
    void theResultIsThatOfAnAverageOverTheSources(
            @ForAll @IntRange(min = 1, max = 14) int count,
            @ForAll @IntRange(min = 1, max = 3) int every,
            @ForAll @IntRange(max = 15) int start,
            @ForAll UpdateFormula formula,
            @ForAll BufferPolicy buffers,
            @ForAll @IntRange(max = 2) int integers,
            @ForAll @IntRange(max = 2) int scheduleNumber,
            @ForAll @IntRange(max = 2) int keptNumber)
            throws IOException {
        Schedule schedule = List.of(
                        Schedules.decay(0.9).warmup(Warmup.inverseGamma(1, 0.75)),
                        Schedules.equal(),
                        Schedules.momentum(0.6))
                .get(scheduleNumber);
        ScheduledRule rule = ScheduledRule.of(schedule)
                .formula(formula)
                .every(every)
                .start(start)
                .buffers(buffers)
                .integers(INTEGERS.get(integers));
        List<ParameterStore> states = states(Numbers.MODEL, count);
        try (ParameterStore online = ParameterStore.allocate(Numbers.MODEL, Device.cpu())) {
            online.copyFrom(states.get(0));
            ParameterFold.Builder folding = ParameterFold.builder(states, rule);
            AverageBuilder averaging = ParameterAverage.builder(online).rule(rule);
            if (keptNumber > 0) {
                DType kept = keptNumber == 1 ? DType.F32 : DType.BF16;
                folding.dtype(kept);
                averaging.dtype(kept);
            }
            ParameterFold fold = folding.build();
            try (ParameterAverage average = averaging.build();
                    ParameterStore result = fold(fold);
                    ParameterStore inPlace = ParameterStore.allocate(fold.layout(), Device.cpu())) {
                fold.run(inPlace);
                for (ParameterStore state : states.subList(1, count)) {
                    online.copyFrom(state);
                    average.update();
                }
                assertThat(Numbers.firstDifference(result, average.store())).isEmpty();
                assertThat(Numbers.firstDifference(inPlace, average.store())).isEmpty();
                assertThat(fold.counters()).isEqualTo(average.counters());
            }
        }
        states.forEach(ParameterStore::close);
    }

    @Test
    void anAccumulatorIsRoundedOnce() throws IOException {
        ParameterLayout narrow = Numbers.MODEL.map(tensor -> tensor.dtype().isFloat() ? tensor.as(DType.BF16) : tensor);
        List<ParameterStore> states = states(narrow, 7);
        AverageRule rule = ScheduledRule.of(Schedules.decay(0.99));
        try (ParameterStore wide = fold(
                        ParameterFold.builder(states, rule).dtype(DType.F32).build());
                ParameterStore once = fold(ParameterFold.builder(states, rule)
                        .accumulator(DType.F32)
                        .build());
                ParameterStore rounded = ParameterStore.allocate(narrow, Device.cpu())) {
            rounded.copyFrom(wide);
            assertThat(Numbers.firstDifference(once, rounded)).isEmpty();
        }
    }

    @Test
    void aStoreOfOneThreadIsFilledByThatThread() throws IOException {
        TensorSpec large = TensorSpec.parameter("w", DType.F32, 1 << 21); // worth more than one thread
        List<ParameterStore> states = states(ParameterLayout.of(large), 3);
        ParameterFold fold = ParameterFold.builder(states, ScheduledRule.of(Schedules.decay(0.99)))
                .threads(2)
                .build();
        try (Arena confined = Arena.ofConfined();
                ParameterStore expected = fold(fold);
                ParameterStore result = ParameterStore.wrap()
                        .tensor(large, confined.allocate(large.bytes(), 64))
                        .build()) {
            fold.run(result);
            assertThat(Numbers.firstDifference(result, expected)).isEmpty();
        }
        states.forEach(ParameterStore::close);
    }

    @Test
    void aStoreThatDoesNotFitIsRefused() {
        List<ParameterStore> states = states(Numbers.MODEL, 2);
        ParameterFold fold = ParameterFold.builder(states, ScheduledRule.of(Schedules.decay(0.99)))
                .build();
        ParameterFold wide = ParameterFold.builder(states, ScheduledRule.of(Schedules.decay(0.99)))
                .dtype(DType.F64)
                .build();
        assertThatThrownBy(() -> fold.run(states.get(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the result would overwrite a source: name another store");
        assertThatThrownBy(() -> wide.run(states.get(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the store has ");
        states.forEach(ParameterStore::close);
    }

    @Test
    void sourcesMayDifferInTypeNamePrefixAndOrder() throws IOException {
        ParameterLayout one =
                ParameterLayout.of(TensorSpec.parameter("a", DType.F32, 5), TensorSpec.parameter("b", DType.F32, 3));
        ParameterLayout other = ParameterLayout.of(
                TensorSpec.parameter("module.b", DType.F64, 3), TensorSpec.parameter("module.a", DType.BF16, 5));
        try (ParameterStore first = Numbers.random(one, 1);
                ParameterStore second = Numbers.random(other, 2);
                ParameterStore third = Numbers.random(one, 3);
                ParameterStore result =
                        fold(ParameterFold.builder(List.of(first, second, third), ScheduledRule.of(Schedules.equal()))
                                .build())) {
            double expected =
                    (Numbers.number(first, "b") + Numbers.number(second, "module.b") + Numbers.number(third, "b")) / 3;
            assertThat(Numbers.number(result, "b")).isCloseTo(expected, within(1e-6));
            expected =
                    (Numbers.number(first, "a") + Numbers.number(second, "module.a") + Numbers.number(third, "a")) / 3;
            assertThat(Numbers.number(result, "a")).isCloseTo(expected, within(1e-6));
        }
    }

    @Test
    void sourcesThatDifferAreRefused() {
        try (ParameterStore model = Numbers.random(Numbers.MODEL, 1);
                ParameterStore other =
                        Numbers.random(ParameterLayout.of(TensorSpec.parameter("scale", DType.F32)), 1)) {
            AverageRule rule = ScheduledRule.of(Schedules.equal());
            assertThatThrownBy(() ->
                            ParameterFold.builder(List.of(model, other), rule).build())
                    .hasMessageContaining("lacks 'conv.weight'");
            assertThatThrownBy(() -> ParameterFold.builder(List.of(), rule)).hasMessage("there is nothing to average");
            assertThatThrownBy(
                            () -> ParameterFold.builder(List.of(model, model), ScheduledRule.of(Schedules.weights(1)))
                                    .build())
                    .hasMessageContaining("update 1 has no weight");
        }
    }

    @Test
    void aFailingSinkEndsTheFoldWithItsOwnException() {
        try (ParameterStore model = Numbers.random(Numbers.MODEL, 1)) {
            ParameterFold fold = ParameterFold.builder(List.of(model, model), ScheduledRule.of(Schedules.equal()))
                    .build();
            assertThatThrownBy(() -> fold.run((tensor, at, piece) -> {
                        throw new IOException("no space left on device");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("no space left on device");
        }
    }

    @Test
    void aTruncatedSourceIsNamed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("step-2");
        try (Arena arena = Arena.ofShared();
                ParameterStore first = Numbers.random(Numbers.MODEL, 1)) {
            ParameterStore second = MappedStoreTest.map(file, Numbers.MODEL, arena, FileChannel.MapMode.READ_WRITE);
            second.copyFrom(first);
            ParameterFold fold = ParameterFold.builder(List.of(first, second), ScheduledRule.of(Schedules.equal()))
                    .build();
            try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
                access.setLength(5000);
            }
            assertThatThrownBy(() -> fold(fold))
                    .isInstanceOf(MemoryLostException.class)
                    .hasMessageContaining("step-2 was truncated");
        }
    }
}
