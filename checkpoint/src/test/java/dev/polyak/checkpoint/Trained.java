package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.frameworks.Rules;
import dev.polyak.frameworks.TrainingFacts;
import dev.polyak.rule.AverageRule;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** A model in training, whose numbers follow from the step alone, with an average of it. */
public record Trained(ParameterStore model, ParameterAverage average) implements AutoCloseable {
    public static final ParameterLayout LAYOUT = ParameterLayout.of(
            TensorSpec.parameter("fc.weight", DType.F32, 7, 3),
            TensorSpec.parameter("fc.bias", DType.F32, 7),
            TensorSpec.buffer("bn.running_mean", DType.F32, 5),
            TensorSpec.buffer("bn.num_batches_tracked", DType.I64));

    public static AverageRule rule(String text) {
        return Rules.parse(
                        text,
                        TrainingFacts.UNKNOWN.stepsPerEpoch(4).batchSize(2).maxSteps(100))
                .rule();
    }

    public static Trained begin(String rule) {
        return begin(LAYOUT, rule(rule));
    }

    public static Trained begin(ParameterLayout layout, AverageRule rule) {
        ParameterStore model = model(layout);
        return new Trained(model, ParameterAverage.builder(model).rule(rule).build());
    }

    /** A model before its first step. */
    public static ParameterStore model(ParameterLayout layout) {
        ParameterStore model = ParameterStore.allocate(layout, Device.cpu());
        fill(model, 0);
        return model;
    }

    /** Makes a number of steps, after a number of earlier ones. */
    public Trained step(int from, int to) {
        for (int step = from + 1; step <= to; step++) {
            fill(model, step);
            average.update();
        }
        return this;
    }

    public void requireSame(Trained other) {
        assertThat(average.counters()).isEqualTo(other.average.counters());
        assertThat(average.layout()).isEqualTo(other.average.layout());
        requireSame(average.store(), other.average.store());
        requireSame(model, other.model);
    }

    /** Compares what is expected; more may be there. */
    public static void requireSame(ParameterStore actual, ParameterStore expected) {
        for (TensorSpec tensor : expected.layout().tensors()) {
            assertThat(HostStore.of(actual)
                            .segment(tensor.name())
                            .mismatch(HostStore.of(expected).segment(tensor.name())))
                    .as(tensor.toString())
                    .isEqualTo(-1);
        }
    }

    @Override
    public void close() {
        average.close();
        model.close();
    }

    private static void fill(ParameterStore model, int step) {
        Random random = new Random(step);
        for (int i = 0; i < model.layout().size(); i++) {
            TensorSpec tensor = model.layout().tensor(i);
            for (long j = 0; j < tensor.elements(); j++) {
                float value = (float) random.nextGaussian();
                switch (tensor.dtype()) {
                    case BF16 ->
                        HostStore.of(model).segment(i).set(ValueLayout.JAVA_SHORT, 2 * j, (short)
                                (Float.floatToRawIntBits(value) >> 16));
                    case F32 -> HostStore.of(model).segment(i).set(ValueLayout.JAVA_FLOAT, 4 * j, value);
                    case I64 -> HostStore.of(model).segment(i).set(ValueLayout.JAVA_LONG, 8 * j, step);
                    default -> throw new AssertionError(tensor);
                }
            }
        }
    }
}
