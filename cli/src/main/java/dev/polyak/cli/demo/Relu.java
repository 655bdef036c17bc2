package dev.polyak.cli.demo;

/** What is negative becomes zero. */
final class Relu implements Layer {
    private float[][] output = {};

    @Override
    public float[][] forward(float[][] input, boolean training) {
        output = new float[input.length][input[0].length];
        for (int f = 0; f < input.length; f++) {
            for (int k = 0; k < input[f].length; k++) {
                output[f][k] = Math.max(input[f][k], 0);
            }
        }
        return output;
    }

    @Override
    public float[][] backward(float[][] gradient) {
        float[][] inputGradient = new float[gradient.length][gradient[0].length];
        for (int f = 0; f < gradient.length; f++) {
            for (int k = 0; k < gradient[f].length; k++) {
                inputGradient[f][k] = output[f][k] > 0 ? gradient[f][k] : 0;
            }
        }
        return inputGradient;
    }
}
