package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.frameworks.Rules;
import dev.polyak.frameworks.TrainingFacts;
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
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that the library wrote before it could save several averages, overrides, and rules of the user's own. */
class EarlierSavesTest {
    private static final Path FOLDER = Path.of("src/test/resources/earlier-saves");

    private static final Map<String, AverageRule> RULES = Map.of(
            "equal",
            ScheduledRule.of(Schedules.equal())
                    .formula(UpdateFormula.MEAN)
                    .every(2)
                    .start(3)
                    .buffers(BufferPolicy.AVERAGE)
                    .integers(IntegerPolicy.TRUNCATE),
            "half-life",
            ScheduledRule.of(Schedules.halfLife(5, 3).over(2))
                    .formula(UpdateFormula.STEP_BACK_FUSED)
                    .buffers(BufferPolicy.FREEZE)
                    .integers(IntegerPolicy.FREEZE),
            "warmup-then",
            ScheduledRule.of(
                    Schedules.momentum(0.1).warmup(Warmup.linear(0.5, 6)).then(4, Schedules.decay(0.1))),
            "timm",
            Rules.parse("timm.ModelEmaV3(model, decay=0.9999, use_warmup=True)").rule(),
            "edm2",
            Rules.parse(
                            "PowerFunctionEMA(net, stds=[0.05, 0.1])",
                            TrainingFacts.UNKNOWN.every(2).batchSize(64))
                    .rules()
                    .get(1));

    static Stream<String> names() {
        return RULES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void goOnInTheSameBits(String name) throws IOException {
        AverageRule rule = RULES.get(name);
        try (ParameterStore model = ParameterStore.allocate(layout(), Device.cpu());
                ParameterAverage straight = ParameterAverage.builder(model)
                        .rule(rule)
                        .dtype(DType.F32)
                        .build();
                SavedAverage saved = SavedAverage.open(FOLDER.resolve(name + ".safetensors"))) {
            Random random = new Random(1);
            train(model, random, 5, straight);
            assertThat(saved.rule()).isEqualTo(rule);
            assertThat(saved.counters()).isEqualTo(straight.counters());
            try (ParameterAverage resumed = saved.resume(model)) {
                train(model, random, 6, straight, resumed);
                assertThat(resumed.counters()).isEqualTo(straight.counters());
                for (TensorSpec tensor : straight.layout().tensors()) {
                    assertThat(HostStore.of(resumed.store())
                                    .segment(tensor.name())
                                    .mismatch(HostStore.of(straight.store()).segment(tensor.name())))
                            .as(tensor.toString())
                            .isEqualTo(-1);
                }
            }
        }
    }

    static ParameterLayout layout() {
        return ParameterLayout.builder()
                .add(TensorSpec.parameter("fc.weight", DType.F32, 3, 5))
                .tied("head.weight", "fc.weight")
                .add(TensorSpec.parameter("fc.bias", DType.F32, 3))
                .add(TensorSpec.buffer("bn.running_mean", DType.F32, 3))
                .add(TensorSpec.buffer("bn.num_batches_tracked", DType.I64))
                .build();
    }

    static void train(ParameterStore model, Random random, int steps, ParameterAverage... averages) {
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < model.layout().size(); i++) {
                TensorSpec tensor = model.layout().tensor(i);
                for (long j = 0; j < tensor.elements(); j++) {
                    if (tensor.dtype() == DType.I64) {
                        HostStore.of(model).segment(i).setAtIndex(ValueLayout.JAVA_LONG, j, random.nextLong(1000));
                    } else {
                        HostStore.of(model).segment(i).setAtIndex(ValueLayout.JAVA_FLOAT, j, (float)
                                random.nextGaussian());
                    }
                }
            }
            for (ParameterAverage average : averages) {
                average.update();
            }
        }
    }
}
