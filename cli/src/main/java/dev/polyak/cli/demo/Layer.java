package dev.polyak.cli.demo;

import java.util.Random;

/** A part of the network, which keeps its parameters in the model's store and their gradients in another. */
interface Layer {
    /** Sets the parameters and buffers with which training begins; they were zero. */
    default void initialise(Random random) {}

    /**
     * Computes the layer's output for a batch.
     *
     * @param input for each feature its value in each digit
     * @param training whether the batch is learned from: {@link #backward} may follow, and BatchNorm uses and notes the
     *     batch's statistics
     */
    float[][] forward(float[][] input, boolean training);

    /**
     * Sets the gradients of the layer's parameters, for the batch of the last {@link #forward} with training.
     *
     * @param gradient of the loss with respect to the layer's output
     * @return the same with respect to its input
     */
    float[][] backward(float[][] gradient);
}
