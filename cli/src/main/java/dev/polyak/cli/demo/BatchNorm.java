package dev.polyak.cli.demo;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/**
 * Brings each feature to a learned mean and spread: in training from those of the batch, else from those noted while
 * training, which are the buffers of the model. (Ioffe and Szegedy 2015; numbers and names as in PyTorch.)
 */
final class BatchNorm implements Layer {
    private static final float EPSILON = 1e-5f;
    private static final float MOMENTUM = 0.1f;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int features;
    private final Tensor weight;
    private final Tensor bias;
    private final Tensor weightGradient;
    private final Tensor biasGradient;
    private final Tensor runningMean;
    private final Tensor runningVariance;
    private final MemorySegment batchesTracked;
    private final float[] scale;
    private float[][] normalised = {};

    BatchNorm(String name, int features, ParameterStore model, ParameterStore gradients) {
        this.features = features;
        this.weight = Tensor.of(model, name + ".weight");
        this.bias = Tensor.of(model, name + ".bias");
        this.weightGradient = Tensor.of(gradients, name + ".weight");
        this.biasGradient = Tensor.of(gradients, name + ".bias");
        this.runningMean = Tensor.of(model, name + ".running_mean");
        this.runningVariance = Tensor.of(model, name + ".running_var");
        this.batchesTracked = HostStore.of(model).segment(name + ".num_batches_tracked");
        this.scale = new float[features];
    }

    static List<TensorSpec> tensors(String name, int features) {
        return List.of(
                TensorSpec.parameter(name + ".weight", DType.F32, features),
                TensorSpec.parameter(name + ".bias", DType.F32, features),
                TensorSpec.buffer(name + ".running_mean", DType.F32, features),
                TensorSpec.buffer(name + ".running_var", DType.F32, features),
                TensorSpec.buffer(name + ".num_batches_tracked", DType.I64));
    }

    @Override
    public void initialise(Random random) {
        weight.fill(1);
        runningVariance.fill(1);
    }

    @Override
    public float[][] forward(float[][] input, boolean training) {
        int n = input[0].length;
        normalised = new float[features][n];
        float[][] output = new float[features][n];
        for (int f = 0; f < features; f++) {
            float mean = training ? mean(input[f]) : runningMean.get(f);
            float variance = training ? variance(input[f], mean) : runningVariance.get(f);
            if (training) {
                note(runningMean, f, mean);
                note(runningVariance, f, variance * n / (n - 1));
            }
            scale[f] = 1 / (float) Math.sqrt(variance + EPSILON);
            for (int k = 0; k < n; k++) {
                normalised[f][k] = (input[f][k] - mean) * scale[f];
                output[f][k] = normalised[f][k] * weight.get(f) + bias.get(f);
            }
        }
        if (training) {
            batchesTracked.set(LONG, 0, batchesTracked.get(LONG, 0) + 1);
        }
        return output;
    }

    @Override
    public float[][] backward(float[][] gradient) {
        int n = gradient[0].length;
        float[][] inputGradient = new float[features][n];
        for (int f = 0; f < features; f++) {
            float sum = 0;
            float product = 0;
            for (int k = 0; k < n; k++) {
                sum += gradient[f][k];
                product += gradient[f][k] * normalised[f][k];
            }
            biasGradient.set(f, sum);
            weightGradient.set(f, product);
            for (int k = 0; k < n; k++) { // mean and variance depend on every digit of the batch
                inputGradient[f][k] =
                        weight.get(f) * scale[f] * (gradient[f][k] - (sum + normalised[f][k] * product) / n);
            }
        }
        return inputGradient;
    }

    private static float mean(float[] values) {
        float sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static float variance(float[] values, float mean) {
        float sum = 0;
        for (float value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum / values.length;
    }

    private static void note(Tensor running, int feature, float value) {
        running.set(feature, (1 - MOMENTUM) * running.get(feature) + MOMENTUM * value);
    }
}
