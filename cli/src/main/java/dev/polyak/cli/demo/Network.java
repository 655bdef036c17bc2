package dev.polyak.cli.demo;

import dev.polyak.Device;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A classifier of digits: layers of weighted sums, with BatchNorm and ReLU between them. It computes in the memory of
 * its store, so that averaged weights that are swapped in are used at once.
 */
final class Network implements AutoCloseable {
    private static final int[] SIZES = {Digits.PIXELS, 96, 96, Digits.CLASSES};

    private final ParameterStore store = ParameterStore.allocate(layout(), Device.cpu());
    private final ParameterStore gradients = ParameterStore.allocate(parameters(), Device.cpu());
    private final List<Layer> layers = new ArrayList<>();

    /** A network of zeros, to be {@linkplain #initialise initialised} or loaded. */
    Network() {
        for (int i = 1; i < SIZES.length; i++) {
            layers.add(new Linear("fc" + i, SIZES[i - 1], SIZES[i], store, gradients));
            if (i < SIZES.length - 1) {
                layers.add(new BatchNorm("bn" + i, SIZES[i], store, gradients));
                layers.add(new Relu());
            }
        }
    }

    /** Forgets everything. */
    void initialise(Random random) {
        layers.forEach(layer -> layer.initialise(random));
    }

    /** Parameters and buffers. */
    ParameterStore store() {
        return store;
    }

    /** For each parameter the gradient that {@link #learn} found. */
    ParameterStore gradients() {
        return gradients;
    }

    /** The tensors that an optimizer changes. */
    static ParameterLayout parameters() {
        return ParameterLayout.of(layout().tensors().stream()
                .filter(tensor -> tensor.role() == Role.PARAMETER)
                .toList());
    }

    /**
     * Finds the gradients for a batch.
     *
     * @return the loss
     */
    double learn(Batch batch) {
        CrossEntropy error = new CrossEntropy(forward(batch.inputs(), true), batch.labels());
        float[][] gradient = error.gradient();
        for (int i = layers.size() - 1; i >= 0; i--) {
            gradient = layers.get(i).backward(gradient);
        }
        return error.loss();
    }

    /** Which part of the digits is recognised, 0 to 1. */
    double accuracy(Batch batch) {
        float[][] scores = forward(batch.inputs(), false);
        int right = 0;
        for (int k = 0; k < batch.size(); k++) {
            int best = 0;
            for (int c = 1; c < scores.length; c++) {
                best = scores[c][k] > scores[best][k] ? c : best;
            }
            right += best == batch.labels()[k] ? 1 : 0;
        }
        return (double) right / batch.size();
    }

    @Override
    public void close() {
        store.close();
        gradients.close();
    }

    private float[][] forward(float[][] inputs, boolean training) {
        float[][] values = inputs;
        for (Layer layer : layers) {
            values = layer.forward(values, training);
        }
        return values;
    }

    private static ParameterLayout layout() {
        List<TensorSpec> tensors = new ArrayList<>();
        for (int i = 1; i < SIZES.length; i++) {
            tensors.addAll(Linear.tensors("fc" + i, SIZES[i - 1], SIZES[i]));
            if (i < SIZES.length - 1) {
                tensors.addAll(BatchNorm.tensors("bn" + i, SIZES[i]));
            }
        }
        return ParameterLayout.of(tensors);
    }
}
