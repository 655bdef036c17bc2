package dev.polyak.schedule;

import java.util.List;
import java.util.stream.Collectors;

/** Each state weighs its number over the sum of the numbers so far; what comes later dilutes what came before. */
final class Weights implements Schedule {
    private final List<Double> weights;
    private final double[] relative;

    Weights(List<Double> weights) {
        this.weights = List.copyOf(weights);
        this.relative = relative(weights);
    }

    @Override
    public double weight(long n) {
        if (n >= relative.length) {
            throw new IllegalStateException("update " + n + " has no weight: " + relative.length
                    + " weights are for the first state and " + (relative.length - 1) + " updates");
        }
        return relative[(int) n];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Weights that && weights.equals(that.weights);
    }

    @Override
    public int hashCode() {
        return weights.hashCode();
    }

    @Override
    public String toString() {
        return weights.stream().map(String::valueOf).collect(Collectors.joining(",", "weights(", ")"));
    }

    private static double[] relative(List<Double> weights) {
        double[] relative = new double[weights.size()];
        double sum = 0;
        for (int i = 0; i < relative.length; i++) {
            double weight = weights.get(i);
            if (!(weight >= 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException("a weight must be a number that is not negative, not " + weight);
            }
            sum += weight;
            // As long as all weights were zero there is nothing to keep of the average.
            relative[i] = sum == 0 ? 1 : weight / sum;
        }
        if (sum == 0 || Double.isInfinite(sum)) {
            throw new IllegalArgumentException("the weights must have a positive, finite sum, not " + sum);
        }
        return relative;
    }
}
