package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.error.MemoryLostException;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
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
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterAverageTest {
    private static final ParameterLayout TINY = ParameterLayout.of(
            TensorSpec.parameter("w", DType.F64),
            TensorSpec.buffer("running_mean", DType.F64),
            TensorSpec.buffer("steps", DType.I64));

    private final HostStore model = ParameterStore.allocate(TINY);

    private void step(ParameterAverage average, double value) {
        Numbers.set(model, "w", value);
        Numbers.set(model, "running_mean", value);
        model.segment("steps").set(ValueLayout.JAVA_LONG, 0, (long) value);
        average.update();
    }

    private static long steps(ParameterStore store) {
        return HostStore.of(store).segment("steps").get(ValueLayout.JAVA_LONG, 0);
    }

    @Test
    void anUpdateGoesAPartOfTheWay() {
        try (ParameterAverage average = ParameterAverage.builder(model)
                .schedule(Schedules.momentum(0.25))
                .build()) {
            step(average, 8);
            assertThat(Numbers.number(average.store(), "w")).isEqualTo(2);
            assertThat(Numbers.number(average.store(), "running_mean"))
                    .as("copied")
                    .isEqualTo(8);
            assertThat(steps(average.store())).as("copied").isEqualTo(8);
            step(average, 0);
            assertThat(Numbers.number(average.store(), "w")).isEqualTo(1.5);
            assertThat(average.counters()).isEqualTo(new AverageCounters(2, 2));
        }
    }

    @Test
    void callsBeforeTheStartCopyAndOnlyMultiplesOfTheIntervalUpdate() {
        try (ParameterAverage average = ParameterAverage.builder(model)
                .rule(ScheduledRule.of(Schedules.equal()).start(3).every(2))
                .build()) {
            step(average, 1);
            step(average, 2);
            assertThat(Numbers.number(average.store(), "w")).isEqualTo(2);
            step(average, 100);
            assertThat(Numbers.number(average.store(), "w"))
                    .as("call 3 is no multiple of 2")
                    .isEqualTo(2);
            assertThat(Numbers.number(average.store(), "running_mean"))
                    .as("copied at every call")
                    .isEqualTo(100);
            step(average, 4);
            assertThat(Numbers.number(average.store(), "w"))
                    .as("first update: half")
                    .isEqualTo(3);
            assertThat(average.counters()).isEqualTo(new AverageCounters(4, 1));
        }
    }

    @Test
    void buffersAndIntegersAreTreatedAsThePoliciesSay() {
        try (ParameterAverage averaging = ParameterAverage.builder(model)
                        .rule(ScheduledRule.of(Schedules.momentum(0.5))
                                .formula(UpdateFormula.BLEND)
                                .buffers(BufferPolicy.AVERAGE)
                                .integers(IntegerPolicy.TRUNCATE))
                        .build();
                ParameterAverage freezing = ParameterAverage.builder(model)
                        .rule(ScheduledRule.of(Schedules.momentum(0.5))
                                .buffers(BufferPolicy.FREEZE)
                                .integers(IntegerPolicy.FREEZE))
                        .build()) {
            step(averaging, 7);
            freezing.update();
            assertThat(Numbers.number(averaging.store(), "running_mean")).isEqualTo(3.5);
            assertThat(steps(averaging.store())).as("3.5, truncated").isEqualTo(3);
            assertThat(Numbers.number(freezing.store(), "running_mean")).isZero();
            assertThat(steps(freezing.store())).isZero();
            step(averaging, -8);
            assertThat(steps(averaging.store()))
                    .as("-2.5, truncated toward zero")
                    .isEqualTo(-2);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64"})
    void everyIntegerTypeIsAveragedInFloatAndTruncated(DType type) {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.buffer("n", type, 3));
        int bytes = type.bits() / 8;
        try (ParameterStore online = ParameterStore.allocate(layout, Device.cpu())) {
            MemorySegment n = HostStore.of(online).segment(0);
            n.set(ValueLayout.JAVA_BYTE, 0, (byte) 100);
            n.asSlice(bytes, bytes).fill((byte) 0xff); // the largest unsigned number, or minus one
            n.set(ValueLayout.JAVA_BYTE, 2L * bytes, (byte) 3);
            try (ParameterAverage average = ParameterAverage.builder(online)
                    .rule(ScheduledRule.of(Schedules.momentum(0.5)).integers(IntegerPolicy.TRUNCATE))
                    .build()) {
                n.fill((byte) 0);
                average.update();
                MemorySegment result = HostStore.of(average.store()).segment(0);
                assertThat(result.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 50);
                assertThat(result.get(ValueLayout.JAVA_BYTE, 2L * bytes)).isEqualTo((byte) 1);
                byte[] half = result.asSlice(bytes, bytes).toArray(ValueLayout.JAVA_BYTE);
                if (type.kind() == DType.Kind.SIGNED) {
                    assertThat(half).as("-0.5").containsOnly(0);
                } else if (bytes <= 2) {
                    assertThat(half[bytes - 1])
                            .as("top byte of the truncated half")
                            .isEqualTo((byte) 0x7f);
                } else {
                    assertThat(half[bytes - 1])
                            .as("binary32 rounds 2^32 - 1 up")
                            .isEqualTo((byte) 0x80);
                }
            }
        }
    }

    @Test
    void aTiedTensorIsAveragedOnce() {
        ParameterLayout layout = ParameterLayout.builder()
                .add(TensorSpec.parameter("w", DType.F32))
                .tied("v", "w")
                .build();
        try (ParameterStore online = ParameterStore.allocate(layout, Device.cpu());
                ParameterAverage average = ParameterAverage.builder(online)
                        .schedule(Schedules.momentum(0.5))
                        .build()) {
            Numbers.set(online, "v", 8);
            average.update();
            assertThat(Numbers.number(average.store(), "w")).isEqualTo(4);
            assertThat(Numbers.number(average.store(), "v")).isEqualTo(4);
        }
    }

    @Test
    void anAverageInBinary32MovesWhereOneInBfloat16DoesNot() {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("w", DType.BF16));
        try (ParameterStore online = ParameterStore.allocate(layout, Device.cpu())) {
            Numbers.set(online, "w", 1);
            try (ParameterAverage narrow = ParameterAverage.builder(online)
                            .schedule(Schedules.decay(0.999))
                            .build();
                    ParameterAverage wide = ParameterAverage.builder(online)
                            .schedule(Schedules.decay(0.999))
                            .dtype(DType.F32)
                            .build()) {
                Numbers.set(online, "w", 2);
                for (int i = 0; i < 1000; i++) {
                    narrow.update();
                    wide.update();
                }
                assertThat(Numbers.number(narrow.store(), "w")).isEqualTo(1);
                assertThat(Numbers.number(wide.store(), "w")).isBetween(1.6, 1.7);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 64})
    void theNumberOfThreadsDoesNotMatter(int threads) {
        try (ParameterStore online = Numbers.random(Numbers.MODEL, 1);
                ParameterAverage one = ParameterAverage.builder(online)
                        .schedule(Schedules.decay(0.9))
                        .threads(1)
                        .build();
                ParameterAverage many = ParameterAverage.builder(online)
                        .schedule(Schedules.decay(0.9))
                        .threads(threads)
                        .build()) {
            for (int i = 2; i < 10; i++) {
                Numbers.randomize(online, i);
                one.update();
                many.update();
            }
            assertThat(Numbers.firstDifference(one.store(), many.store())).isEmpty();
        }
    }

    @Test
    void aSwapInPlaceBringsBothBack() {
        try (ParameterStore online = Numbers.random(Numbers.MODEL, 1);
                ParameterStore raw = Numbers.random(Numbers.MODEL, 2);
                ParameterStore averaged = ParameterStore.allocate(Numbers.MODEL, Device.cpu());
                ParameterAverage average = Averages.of(online, null)) {
            Numbers.randomize(online, 2);
            average.update();
            averaged.copyFrom(average.store());
            try (SwappedAverage swapped = average.swap()) {
                assertThat(swapped).isNotNull();
                assertThat(Numbers.firstDifference(online, averaged)).isEmpty();
                assertThatThrownBy(average::update)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("swapped into the model");
                assertThatThrownBy(average::store).hasMessageContaining("swapped into the model");
                assertThatThrownBy(average::swap).hasMessageContaining("swapped into the model");
                assertThatThrownBy(average::restart).hasMessageContaining("swapped into the model");
                assertThatThrownBy(() -> online.write(0, 0, MemorySegment.ofArray(new float[1])))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("an average is in this store's place");
                assertThatThrownBy(() -> online.copyFrom(raw)).hasMessageContaining("in this store's place");
                assertThatThrownBy(() -> online.swap(raw)).hasMessageContaining("in this store's place");
                assertThatThrownBy(() -> raw.swap(online)).hasMessageContaining("in this store's place");
            }
            assertThat(Numbers.firstDifference(online, raw)).isEmpty();
            assertThat(Numbers.firstDifference(average.store(), averaged)).isEmpty();
            average.update();
        }
    }

    @Test
    void aSwapOfAWiderAverageParksTheModel() {
        try (ParameterStore online = Numbers.random(Numbers.MODEL, 1);
                ParameterStore raw = Numbers.random(Numbers.MODEL, 2);
                ParameterStore rounded = ParameterStore.allocate(Numbers.MODEL, Device.cpu());
                ParameterAverage average = ParameterAverage.builder(online)
                        .schedule(Schedules.decay(0.9))
                        .dtype(DType.F64)
                        .build()) {
            Numbers.randomize(online, 2);
            average.update();
            rounded.copyFrom(average.store());
            SwappedAverage swapped = average.swap();
            assertThat(Numbers.firstDifference(online, rounded)).isEmpty();
            swapped.close();
            swapped.close();
            assertThat(Numbers.firstDifference(online, raw)).isEmpty();
        }
    }

    @Test
    void closingASwappedAverageBringsTheModelBack() {
        ParameterAverage average =
                ParameterAverage.builder(model).schedule(Schedules.decay(0.5)).build();
        step(average, 5);
        average.swap();
        assertThat(Numbers.number(model, "w")).isEqualTo(2.5);
        average.close();
        average.close();
        assertThat(Numbers.number(model, "w")).isEqualTo(5);
        assertThatThrownBy(average::update).hasMessage("this average is closed");
    }

    @Test
    void anAverageSaysWhatItIs() {
        ParameterAverage average =
                ParameterAverage.builder(model).schedule(Schedules.decay(0.5)).build();
        step(average, 5);
        assertThat(average)
                .asString()
                .contains("schedule=decay(0.5)", "1 updates in 1 calls", model.layout() + " on cpu", ", live]");
        average.swap();
        assertThat(average).asString().endsWith(", swapped]");
        average.close();
        assertThat(average).asString().endsWith(", closed]");
    }

    @Property(tries = 60)
    void aResumedAverageIsTheUninterruptedOne(
            @ForAll @IntRange(min = 0, max = 12) int crash,
            @ForAll @IntRange(min = 1, max = 3) int every,
            @ForAll @IntRange(max = 4) int start) {
        try (ParameterStore online = Numbers.random(TINY, 0);
                ParameterAverage uninterrupted = resumable(online, every, start);
                ParameterStore saved = ParameterStore.allocate(TINY, Device.cpu())) {
            ParameterAverage average = resumable(online, every, start);
            for (int i = 1; i <= 12; i++) {
                Numbers.randomize(online, i);
                uninterrupted.update();
                average.update();
                if (i == crash) {
                    saved.copyFrom(average.store());
                    AverageCounters counters = average.counters();
                    average.close();
                    average = resumable(online, every, start);
                    average.restore(counters, saved);
                }
            }
            assertThat(Numbers.firstDifference(average.store(), uninterrupted.store()))
                    .isEmpty();
            assertThat(average.counters()).isEqualTo(uninterrupted.counters());
            average.close();
        }
    }

    private static ParameterAverage resumable(ParameterStore online, int every, int start) {
        return ParameterAverage.builder(online)
                .rule(ScheduledRule.of(Schedules.decay(0.99).warmup(Warmup.inverseGamma(1, 0.75)))
                        .every(every)
                        .start(start))
                .build();
    }

    @Test
    void aRefusedUpdateLeavesTheAverageAsItWas() {
        try (ParameterAverage average = ParameterAverage.builder(model)
                .schedule(Schedules.weights(1, 1))
                .build()) {
            step(average, 4);
            assertThatThrownBy(() -> step(average, 100)).hasMessageContaining("update 2 has no weight");
            assertThat(Numbers.number(average.store(), "w")).isEqualTo(2);
            assertThat(Numbers.number(average.store(), "running_mean")).isEqualTo(4);
            assertThat(average.counters()).isEqualTo(new AverageCounters(1, 1));
        }
    }

    @Test
    void aLostSourceTearsTheAverageUntilItIsRestored(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("model");
        try (Arena arena = Arena.ofShared();
                ParameterStore numbers = Numbers.random(Numbers.MODEL, 3)) {
            ParameterStore online = MappedStoreTest.map(file, Numbers.MODEL, arena, FileChannel.MapMode.READ_WRITE);
            online.copyFrom(numbers);
            try (ParameterAverage average = ParameterAverage.builder(online)
                    .schedule(Schedules.decay(0.9))
                    .build()) {
                average.update();
                try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
                    access.setLength(0);
                }
                assertThatThrownBy(average::update)
                        .isInstanceOf(MemoryLostException.class)
                        .hasMessageContaining("model was truncated");
                assertThatThrownBy(average::update)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("torn")
                        .hasCauseInstanceOf(MemoryLostException.class);
                assertThatThrownBy(average::store).hasMessageContaining("torn");
                average.restore(new AverageCounters(1, 1), numbers);
                assertThat(Numbers.firstDifference(average.store(), numbers)).isEmpty();
            }
        }
    }

    @Test
    void aClosedForeignArenaTearsTheAverage() {
        Arena arena = Arena.ofShared();
        ParameterStore online = WrappedStoreTest.wrap(Numbers.MODEL, arena);
        try (ParameterAverage average =
                ParameterAverage.builder(online).schedule(Schedules.decay(0.9)).build()) {
            arena.close();
            assertThatThrownBy(average::update)
                    .isInstanceOf(MemoryLostException.class)
                    .hasMessageContaining("was closed");
            assertThatThrownBy(average::update).hasMessageContaining("torn");
            assertThatThrownBy(average::reading).hasMessageContaining("torn");
            assertThat(average).asString().endsWith(", torn]");
        }
    }

    @Test
    void anAverageOfAnAverageWaitsForTheSwapsOfBoth() {
        try (ParameterStore online = Numbers.random(Numbers.MODEL, 1);
                ParameterAverage first = ParameterAverage.builder(online)
                        .schedule(Schedules.decay(0.5))
                        .build();
                ParameterAverage second = ParameterAverage.builder(first.store())
                        .schedule(Schedules.decay(0.5))
                        .build()) {
            Numbers.randomize(online, 2);
            first.update();
            try (SwappedAverage swapped = first.swap()) {
                assertThat(swapped).isNotNull();
                assertThatThrownBy(second::update)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("another average is in this model's place");
            }
            second.update();
            try (SwappedAverage swapped = second.swap()) {
                assertThat(swapped).isNotNull();
                assertThatThrownBy(first::update)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("an average of this average is in its place");
                assertThatThrownBy(first::swap).hasMessageContaining("an average of this average is in its place");
            }
            first.update();
            second.update();
        }
    }

    /** Of the tensors the first could be changed by any thread. */
    @Test
    void memoryOfAnotherThreadIsRefusedBeforeTheFirstWrite() throws Exception {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.parameter("shared", DType.F32, 4), TensorSpec.parameter("confined", DType.F32, 4));
        try (Arena shared = Arena.ofShared();
                Arena confined = Arena.ofConfined();
                ParameterStore ones = ParameterStore.allocate(layout)) {
            ParameterStore online = ParameterStore.wrap()
                    .tensor(layout.tensor(0), shared.allocate(16, 4))
                    .tensor(layout.tensor(1), confined.allocate(16, 4))
                    .build();
            try (ParameterAverage average = ParameterAverage.builder(online)
                    .schedule(Schedules.decay(0.5))
                    .build()) {
                for (String name : List.of("shared", "confined")) {
                    Numbers.set(online, name, 4);
                    Numbers.set(ones, name, 1);
                }
                assertRefusedElsewhere(average::update);
                assertRefusedElsewhere(average::swap);
                assertRefusedElsewhere(average::restart);
                assertThat(average.counters()).isEqualTo(new AverageCounters(0, 0));
                assertThat(Numbers.number(average.store(), "shared")).isZero();
                assertThat(Numbers.number(online, "shared")).isEqualTo(4);
                try (ParameterAverage other = ParameterAverage.builder(ones)
                        .rules(List.of(ScheduledRule.of(Schedules.decay(0.5)), ScheduledRule.of(Schedules.decay(0.9))))
                        .build()) {
                    assertRefusedElsewhere(() -> other.restore(new AverageCounters(1, 1), average.store(), online));
                    assertThat(Numbers.number(other.store(), "shared")).isEqualTo(1);
                }
                average.update();
                assertThat(Numbers.number(average.store(), "confined")).isEqualTo(2);
            }
        }
    }

    private static void assertRefusedElsewhere(Runnable call) throws Exception {
        FutureTask<?> elsewhere = new FutureTask<>(call, null);
        Thread thread = new Thread(elsewhere, "trainer");
        thread.start();
        assertThatThrownBy(elsewhere::get)
                .hasCauseInstanceOf(WrongThreadException.class)
                .hasMessageContaining("tensor 'confined' is in an arena that is confined to another thread"
                        + " than 'trainer', so nothing has changed");
    }

    /** As a try-with-resources does that takes what store() gives for a copy. */
    @Test
    void closingAStoreThatWasHandedOutFreesNothing() {
        for (DType kept : List.of(DType.F32, DType.F64)) { // exchanged, and parked
            try (ParameterStore online =
                            Numbers.random(ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 4)), 1);
                    ParameterStore before = ParameterStore.allocate(online.layout());
                    ParameterAverage average = Averages.of(online, kept)) {
                before.copyFrom(online);
                average.store().close();
                average.average(0).store().close();
                try (AverageReading reading = average.reading()) {
                    reading.store().close();
                }
                average.update();
                try (SwappedAverage swapped = average.swap()) {
                    swapped.model().close();
                    swapped.average(0).close();
                }
                assertThat(Numbers.firstDifference(online, before)).isEmpty();
                average.update();
                assertThat(average.counters().updates()).isEqualTo(2);
            }
        }
    }

    @Test
    void averagesAreKeptInMemoryOfTheirOwn() {
        List<ScheduledRule> rules =
                List.of(ScheduledRule.of(Schedules.decay(0.5)), ScheduledRule.of(Schedules.decay(0.9)));
        try (ParameterStore online = ParameterStore.allocate(Numbers.MODEL);
                ParameterStore home = ParameterStore.allocate(Numbers.MODEL)) {
            AverageBuilder builder = ParameterAverage.builder(online).rules(rules);
            assertThatThrownBy(() -> builder.into(home, home).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("store 1 has tensor '")
                    .hasMessageContaining("give each average memory of its own");
            assertThatThrownBy(() -> builder.into(online, home).build()).hasMessageContaining("memory of the model");
        }
    }

    @Test
    void whatCannotBeAveragedIsRefusedWithAName() {
        ParameterLayout fp8 = ParameterLayout.of(TensorSpec.parameter("w8", DType.F8_E4M3, 4));
        try (ParameterStore online = ParameterStore.allocate(fp8, Device.cpu())) {
            assertThatThrownBy(() -> ParameterAverage.builder(online)
                            .schedule(Schedules.decay(0.9))
                            .build())
                    .hasMessageContaining("'w8' is F8_E4M3");
        }
        AverageBuilder builder = ParameterAverage.builder(model);
        assertThatThrownBy(builder::build).hasMessageContaining("needs a schedule");
        assertThatThrownBy(() -> builder.dtype(DType.I8)).hasMessageContaining("not in I8");
        assertThatThrownBy(() -> builder.threads(0)).hasMessageContaining("at least 1 thread");
        ScheduledRule rule = ScheduledRule.of(Schedules.equal());
        assertThatThrownBy(() -> rule.every(0)).hasMessageContaining("not every 0");
        assertThatThrownBy(() -> rule.start(-1)).hasMessageContaining("not -1");
        assertThatThrownBy(() -> builder.schedule(Schedules.equal()).rule(rule).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("set one of them");
        assertThatThrownBy(() -> new AverageCounters(1, 2)).hasMessageContaining("2 updates in 1 calls");
    }
}
