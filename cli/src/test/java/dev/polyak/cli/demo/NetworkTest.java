package dev.polyak.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.polyak.HostStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkTest {
    private final Network network = new Network();
    private final Batch batch =
            Digits.read().batch(new Random(1).ints(48, 0, 1797).toArray(), 0, 48);

    NetworkTest() {
        network.initialise(new Random(2));
        for (TensorSpec parameter : Network.parameters().tensors()) { // leaves 1 and 0, at which mistakes hide
            Tensor values = Tensor.of(network.store(), parameter.name());
            Random random = new Random(parameter.name().hashCode());
            for (int i = 0; i < values.size(); i++) {
                values.set(i, values.get(i) + 0.1f * (float) random.nextGaussian());
            }
        }
    }

    @AfterEach
    void free() {
        network.close();
    }

    static Stream<String> parameters() {
        return Network.parameters().tensors().stream().map(TensorSpec::name);
    }

    /** Along its gradient, the loss must rise by the gradient's length. */
    @ParameterizedTest
    @MethodSource("parameters")
    void findsTheGradientOf(String parameter) {
        network.learn(batch);
        Tensor gradient = Tensor.of(network.gradients(), parameter);
        float[] direction = new float[gradient.size()];
        double square = 0;
        for (int i = 0; i < direction.length; i++) {
            direction[i] = gradient.get(i);
            square += direction[i] * direction[i];
        }
        double length = Math.sqrt(square);
        double step = 0.01;

        double slope = (lossAt(parameter, direction, step / length) - lossAt(parameter, direction, -step / length))
                / (2 * step);

        assertThat(slope).isCloseTo(length, Percentage.withPercentage(1));
    }

    /** Across its gradient, the loss must stay as it is. */
    @ParameterizedTest
    @MethodSource("parameters")
    void findsNothingButTheGradientOf(String parameter) {
        network.learn(batch);
        Tensor gradient = Tensor.of(network.gradients(), parameter);
        Random random = new Random(3);
        float[] direction = new float[gradient.size()];
        double along = 0;
        double square = 0;
        for (int i = 0; i < direction.length; i++) {
            direction[i] = (float) random.nextGaussian();
            along += direction[i] * gradient.get(i);
            square += gradient.get(i) * gradient.get(i);
        }
        double length = 0;
        for (int i = 0; i < direction.length; i++) {
            direction[i] -= (float) (along / square * gradient.get(i));
            length += direction[i] * direction[i];
        }
        length = Math.sqrt(length);
        double step = 0.01;

        double slope = (lossAt(parameter, direction, step / length) - lossAt(parameter, direction, -step / length))
                / (2 * step);

        assertThat(slope).isCloseTo(0, within(0.01 * Math.sqrt(square)));
    }

    @Test
    void usesTheBatchInTrainingAndTheStatisticsOtherwise() {
        double before = network.accuracy(batch);
        float mean = Tensor.of(network.store(), "bn1.running_mean").get(0);

        network.learn(batch);

        assertThat(Tensor.of(network.store(), "bn1.running_mean").get(0)).isNotEqualTo(mean);
        MemorySegment tracked = HostStore.of(network.store()).segment("bn2.num_batches_tracked");
        assertThat(tracked.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(1);
        network.accuracy(batch);
        assertThat(tracked.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(1);
        assertThat(before).isBetween(0.0, 1.0);
    }

    @Test
    void namesItsTensorsAsOthersDo() {
        assertThat(network.store().layout().tensors())
                .contains(
                        TensorSpec.parameter("fc1.weight", DType.F32, 96, 64),
                        TensorSpec.buffer("bn1.running_var", DType.F32, 96),
                        TensorSpec.buffer("bn2.num_batches_tracked", DType.I64),
                        TensorSpec.parameter("fc3.weight", DType.F32, 10, 96));
        assertThat(Network.parameters().tensors()).extracting(TensorSpec::role).containsOnly(Role.PARAMETER);
    }

    @Test
    void computesTheLossOfTorch() {
        // torch.nn.functional.cross_entropy(tensor([[1., 2.], [3., 3.]]).T, tensor([0, 1])): the mean of log(1 + e²)
        // and log(1 + e⁻¹)
        CrossEntropy error = new CrossEntropy(new float[][] {{1, 2}, {3, 3}}, new int[] {0, 1});

        assertThat(error.loss()).isCloseTo((Math.log(1 + Math.exp(2)) + Math.log(1 + Math.exp(-1))) / 2, within(1e-12));
        assertThat((double) error.gradient()[0][0]).isCloseTo((1 / (1 + Math.exp(2)) - 1) / 2, within(1e-7));
    }

    private double lossAt(String parameter, float[] direction, double distance) {
        Tensor values = Tensor.of(network.store(), parameter);
        float[] kept = new float[values.size()];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = values.get(i);
            values.set(i, (float) (kept[i] + distance * direction[i]));
        }
        double loss = network.learn(batch);
        for (int i = 0; i < kept.length; i++) {
            values.set(i, kept[i]);
        }
        return loss;
    }
}
