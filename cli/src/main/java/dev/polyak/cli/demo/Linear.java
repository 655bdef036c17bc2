package dev.polyak.cli.demo;

import dev.polyak.ParameterStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import java.util.Random;

/** Weighted sums of all inputs. Without a bias: where a {@link BatchNorm} follows, its own takes that place. */
final class Linear implements Layer {
    private final int inputs;
    private final int outputs;
    private final Tensor weight;
    private final Tensor weightGradient;
    private float[][] input = {};

    Linear(String name, int inputs, int outputs, ParameterStore model, ParameterStore gradients) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.weight = Tensor.of(model, name + ".weight");
        this.weightGradient = Tensor.of(gradients, name + ".weight");
    }

    static List<TensorSpec> tensors(String name, int inputs, int outputs) {
        return List.of(TensorSpec.parameter(name + ".weight", DType.F32, outputs, inputs));
    }

    @Override
    public void initialise(Random random) {
        // The outputs then vary about as much as the inputs.
        float bound = (float) Math.sqrt(3.0 / inputs);
        for (int i = 0; i < weight.size(); i++) {
            weight.set(i, bound * (2 * random.nextFloat() - 1));
        }
    }

    @Override
    public float[][] forward(float[][] input, boolean training) {
        this.input = input;
        float[][] output = new float[outputs][input[0].length];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                addTo(output[o], weight.get(o * inputs + i), input[i]);
            }
        }
        return output;
    }

    @Override
    public float[][] backward(float[][] gradient) {
        float[][] inputGradient = new float[inputs][gradient[0].length];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                weightGradient.set(o * inputs + i, dot(gradient[o], input[i]));
                addTo(inputGradient[i], weight.get(o * inputs + i), gradient[o]);
            }
        }
        return inputGradient;
    }

    private static void addTo(float[] sum, float factor, float[] values) {
        for (int k = 0; k < sum.length; k++) {
            sum[k] += factor * values[k];
        }
    }

    private static float dot(float[] a, float[] b) {
        float sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
