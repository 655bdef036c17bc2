package dev.polyak.cli.demo;

/** How far the network's scores are from the labels: the mean negative logarithm of each right answer's probability. */
final class CrossEntropy {
    private final float[][] gradient;
    private final double loss;

    /**
     * Compares scores with labels.
     *
     * @param scores for each class its score for each digit
     * @param labels for each digit which it is
     */
    CrossEntropy(float[][] scores, int[] labels) {
        int n = labels.length;
        gradient = new float[scores.length][n];
        double[] exponentials = new double[scores.length];
        double sumOfLosses = 0;
        for (int k = 0; k < n; k++) {
            double largest = Double.NEGATIVE_INFINITY; // taken off, so that nothing overflows
            for (float[] score : scores) {
                largest = Math.max(largest, score[k]);
            }
            double sum = 0;
            for (int c = 0; c < scores.length; c++) {
                exponentials[c] =
                        StrictMath.exp(scores[c][k] - largest); // strict: the same bits whether compiled or not
                sum += exponentials[c];
            }
            for (int c = 0; c < scores.length; c++) {
                double target = c == labels[k] ? 1 : 0;
                gradient[c][k] = (float) ((exponentials[c] / sum - target) / n);
            }
            sumOfLosses += StrictMath.log(sum) - (scores[labels[k]][k] - largest);
        }
        loss = sumOfLosses / n;
    }

    double loss() {
        return loss;
    }

    /** The loss's gradient with respect to the scores. */
    float[][] gradient() {
        return gradient;
    }
}
