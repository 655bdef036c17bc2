package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.polyak.AverageCounters;
import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.SwappedAverage;
import dev.polyak.rule.AverageRule;
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
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SavedAverageTest {
    private static final AverageRule USUAL =
            ScheduledRule.of(Schedules.decay(0.9).warmup(Warmup.inverseGamma(1, 0.75)));

    @TempDir
    Path folder;

    static Stream<AverageRule> rules() {
        return Stream.of(
                USUAL,
                ScheduledRule.of(Schedules.equal())
                        .formula(UpdateFormula.MEAN)
                        .every(2)
                        .start(3)
                        .buffers(BufferPolicy.AVERAGE)
                        .integers(IntegerPolicy.TRUNCATE),
                ScheduledRule.of(Schedules.halfLife(5, 3).over(2))
                        .formula(UpdateFormula.STEP_BACK_FUSED)
                        .buffers(BufferPolicy.FREEZE)
                        .integers(IntegerPolicy.FREEZE),
                ScheduledRule.of(Schedules.momentum(0.1)
                                .warmup(Warmup.linear(0.5, 6))
                                .then(4, Schedules.decay(0.1)))
                        .formula(UpdateFormula.MUL_ADD));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aResumedAverageEndsInTheSameBits(AverageRule rule) throws IOException {
        for (DType kept : new DType[] {DType.F32, DType.BF16}) {
            try (ParameterStore model = ParameterStore.allocate(layout(), Device.cpu());
                    ParameterAverage straight = ParameterAverage.builder(model)
                            .rule(rule)
                            .dtype(kept)
                            .build();
                    ParameterAverage interrupted = ParameterAverage.builder(model)
                            .rule(rule)
                            .dtype(kept)
                            .build()) {
                Random random = new Random(1);
                train(model, random, 5, straight, interrupted);
                Path file = folder.resolve("average.safetensors");
                SavedAverage.save(file, interrupted, Map.of());
                try (SavedAverage saved = SavedAverage.open(file);
                        ParameterAverage resumed = saved.resume(model)) {
                    assertThat(saved.rule()).isEqualTo(rule);
                    assertThat(saved.counters()).isEqualTo(straight.counters());
                    saved.close(); // it is not needed any more
                    train(model, random, 6, straight, resumed);
                    assertThat(resumed.counters()).isEqualTo(straight.counters());
                    assertSameBits(resumed.store(), straight.store());
                }
            }
        }
    }

    @Test
    void isAPlainCheckpointWithItsStateInTheMetadata() throws IOException {
        Path file = folder.resolve("average.safetensors");
        try (ParameterStore model = ParameterStore.allocate(layout(), Device.cpu());
                ParameterAverage average = ParameterAverage.builder(model)
                        .rule(USUAL)
                        .dtype(DType.F32)
                        .build()) {
            train(model, new Random(2), 3, average);
            SavedAverage.save(file, average, Map.of("epoch", "7"));
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                assertThat(checkpoint.store().layout().tensors())
                        .containsExactlyInAnyOrderElementsOf(
                                average.store().layout().tensors());
                assertSameBits(checkpoint.store(), average.store());
                assertThat(checkpoint.metadata())
                        .containsExactly(
                                Map.entry("epoch", "7"),
                                Map.entry("polyak.schedule", "decay(0.9).warmup(inverse-gamma:1.0:0.75:0.0)"),
                                Map.entry("polyak.order", "lerp"),
                                Map.entry("polyak.every", "1"),
                                Map.entry("polyak.start", "0"),
                                Map.entry("polyak.buffer-policy", "copy"),
                                Map.entry("polyak.integer-policy", "copy"),
                                Map.entry("polyak.calls", "3"),
                                Map.entry("polyak.updates", "3"),
                                Map.entry("format", "pt"),
                                Map.entry(
                                        "polyak.buffers",
                                        "[\"bn.running_mean\",\"bn.num_batches_tracked\",\"table\"]"));
            }
        }
    }

    @Test
    void isNotSavedWhileItIsSwappedIn() throws IOException {
        try (ParameterStore model = ParameterStore.allocate(layout(), Device.cpu());
                ParameterAverage average =
                        ParameterAverage.builder(model).rule(USUAL).build();
                SwappedAverage swapped = average.swap()) {
            Path file = folder.resolve("average.safetensors");
            assertThatIllegalStateException().isThrownBy(() -> SavedAverage.save(file, average, Map.of()));
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void anotherCheckpointIsNoAverage() throws IOException {
        Path file = Files.write(folder.resolve("model.safetensors"), Raw.file("{}", 0));
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> SavedAverage.open(file))
                .withMessage("'" + file
                        + "' is not a saved average: its metadata lack 'polyak.schedule'; open it as a checkpoint");
    }

    @ParameterizedTest
    @CsvSource({
        "polyak.schedule, decay(2)",
        "polyak.schedule, 'half-life(1,99999999999)'",
        "polyak.order, sideways",
        "polyak.every, often",
        "polyak.every, 0",
        "polyak.start, 1.5",
        "polyak.start, -1",
        "polyak.buffer-policy, burn",
        "polyak.integer-policy, ''",
        "polyak.overrides, ''",
        "polyak.overrides, '[[\"role\",\"buffer\",\"average\"]'",
        "polyak.overrides, '[[\"role\",\"buffer\",\"average\"]] x'",
        "polyak.overrides, '[[\"role\",\"head\",\"average\"]]'",
        "polyak.overrides, '[[\"tensor\",\"head\",\"average\"]]'",
        "polyak.overrides, '[[\"name\",\"head\",\"burn\"]]'",
        "polyak.overrides, '[[\"name\",\"head\"]]'",
        "polyak.overrides, '[[\"name\",\"head\",7]]'",
        "polyak.overrides, '{\"name\":\"head\"}'",
        "polyak.averages, two",
        "polyak.averages, 0",
        "polyak.averages, 2000000000",
        "polyak.calls, 1e3",
        "polyak.updates, 8",
        "polyak.updates, -1"
    })
    void refusesAStateThatCannotBe(String key, String value) throws IOException {
        Map<String, String> metadata = SavedAverage.metadataFor(USUAL, new AverageCounters(7, 7), layout(), Map.of());
        metadata.put(key, value);
        Path file = folder.resolve("average.safetensors");
        try (ParameterStore numbers = ParameterStore.allocate(layout(), Device.cpu())) {
            Checkpoint.save(file, numbers, metadata);
        }
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> SavedAverage.open(file))
                .satisfies(e -> assertThat(e.getMessage())
                        .contains(file.toString())
                        .contains("the file is damaged")
                        .hasLineCount(1));
    }

    @Test
    void resumesOnlyWithTheModelThatWasAveraged() throws IOException {
        Path file = folder.resolve("average.safetensors");
        try (ParameterStore model = ParameterStore.allocate(layout(), Device.cpu());
                ParameterAverage average =
                        ParameterAverage.builder(model).rule(USUAL).build()) {
            SavedAverage.save(file, average, Map.of());
        }
        String start = "the average '" + file + "' is not one of this model: it ";
        String end = "; resume it with the model that was averaged";
        assertUnfit(file, layout("fc.weight", null), start + "also has 'fc.weight'" + end);
        assertUnfit(
                file,
                layout("table", TensorSpec.parameter("table", DType.F32, 3)),
                start + "has 'table' as a buffer, which the model has as a parameter" + end);
        assertUnfit(
                file,
                layout("table", TensorSpec.buffer("table", DType.F64, 3)),
                start + "has tensors in [BF16, F32], which are neither the model's own types nor one" + end);
    }

    @Test
    void matchesTheNamesOfACompiledModel() throws IOException {
        Path file = folder.resolve("average.safetensors");
        ParameterLayout compiled =
                layout().map(t -> new TensorSpec("_orig_mod." + t.name(), t.dtype(), t.shape(), t.role()));
        try (ParameterStore model = ParameterStore.allocate(layout(), Device.cpu());
                ParameterStore other = ParameterStore.allocate(compiled, Device.cpu());
                ParameterAverage average =
                        ParameterAverage.builder(model).rule(USUAL).build()) {
            train(model, new Random(3), 2, average);
            SavedAverage.save(file, average, Map.of());
            try (SavedAverage saved = SavedAverage.open(file);
                    ParameterAverage resumed = saved.resume(other)) {
                assertThat(HostStore.of(resumed.store())
                                .segment("_orig_mod.fc.weight")
                                .mismatch(HostStore.of(average.store()).segment("fc.weight")))
                        .isEqualTo(-1);
            }
        }
    }

    private static void assertUnfit(Path file, ParameterLayout layout, String sentence) throws IOException {
        try (SavedAverage saved = SavedAverage.open(file);
                ParameterStore model = ParameterStore.allocate(layout, Device.cpu())) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> saved.resume(model))
                    .withMessage(sentence);
        }
    }

    /** A model of mixed types, with tied weights and every kind of buffer. */
    private static ParameterLayout layout() {
        return ParameterLayout.builder()
                .add(TensorSpec.parameter("fc.weight", DType.BF16, 37, 13))
                .tied("head.weight", "fc.weight")
                .add(TensorSpec.parameter("fc.bias", DType.F32, 13))
                .add(TensorSpec.buffer("bn.running_mean", DType.F32, 129))
                .add(TensorSpec.buffer("bn.num_batches_tracked", DType.I64))
                .add(TensorSpec.buffer("table", DType.F32, 3))
                .build();
    }

    private static ParameterLayout layout(String name, TensorSpec instead) {
        return ParameterLayout.of(layout().tensors().stream()
                .map(tensor -> tensor.name().equals(name) ? instead : tensor)
                .filter(Objects::nonNull)
                .toList());
    }

    private static void train(ParameterStore model, Random random, int steps, ParameterAverage... averages) {
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < model.layout().size(); i++) {
                TensorSpec tensor = model.layout().tensor(i);
                for (long j = 0; j < tensor.elements(); j++) {
                    float value = (float) random.nextGaussian();
                    switch (tensor.dtype()) {
                        case BF16 ->
                            HostStore.of(model).segment(i).set(ValueLayout.JAVA_SHORT, 2 * j, (short)
                                    (Float.floatToRawIntBits(value) >> 16));
                        case F32 -> HostStore.of(model).segment(i).set(ValueLayout.JAVA_FLOAT, 4 * j, value);
                        case I64 ->
                            HostStore.of(model).segment(i).set(ValueLayout.JAVA_LONG, 8 * j, random.nextLong(1000));
                        default -> throw new AssertionError(tensor);
                    }
                }
            }
            for (ParameterAverage average : averages) {
                average.update();
            }
        }
    }

    private static void assertSameBits(ParameterStore actual, ParameterStore expected) {
        for (TensorSpec tensor : expected.layout().tensors()) {
            assertThat(HostStore.of(actual)
                            .segment(tensor.name())
                            .mismatch(HostStore.of(expected).segment(tensor.name())))
                    .as(tensor.toString())
                    .isEqualTo(-1);
        }
    }
}
