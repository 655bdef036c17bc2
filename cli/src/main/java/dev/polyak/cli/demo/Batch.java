package dev.polyak.cli.demo;

import java.util.Random;

/**
 * Some digits. Numbers between layers are kept feature by feature, so that the innermost loop of each layer runs over
 * the digits of a batch, which the JIT turns into vector code without changing a bit.
 */
final class Batch {
    private final float[][] inputs;
    private final int[] labels;

    /**
     * Puts a batch together.
     *
     * @param inputs for each pixel its value in each digit
     * @param labels for each digit which it is
     */
    Batch(float[][] inputs, int[] labels) {
        this.inputs = inputs;
        this.labels = labels;
    }

    /** For each pixel its value in each digit. */
    float[][] inputs() {
        return inputs;
    }

    /** For each digit which it is. */
    int[] labels() {
        return labels;
    }

    /** How many digits there are. */
    int size() {
        return labels.length;
    }

    /**
     * Adds noise, so that a digit that is seen again is never quite the same and cannot be learned by heart.
     *
     * @param spread standard deviation of what is added to each pixel
     * @param random the source of the noise
     */
    Batch withNoise(float spread, Random random) {
        float[][] noisy = new float[inputs.length][size()];
        for (int pixel = 0; pixel < noisy.length; pixel++) {
            for (int k = 0; k < size(); k++) {
                noisy[pixel][k] = inputs[pixel][k] + spread * (float) random.nextGaussian();
            }
        }
        return new Batch(noisy, labels);
    }
}
