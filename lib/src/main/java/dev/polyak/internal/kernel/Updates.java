package dev.polyak.internal.kernel;

/** The scalars of one or more consecutive updates, as a rule gave them. Reused, so that an update allocates nothing. */
public final class Updates {
    final double[] weight;
    final double[] decay;
    final double[] divisor;
    private int count;

    /** Room for a number of updates, none in it. */
    public Updates(int capacity) {
        weight = new double[capacity];
        decay = new double[capacity];
        divisor = new double[capacity];
    }

    /** Forgets all updates. */
    public void clear() {
        count = 0;
    }

    /** Appends an update: the weight on the source, that on the average, and what a mean divides by. */
    public void add(double sourceWeight, double averageWeight, double meanDivisor) {
        weight[count] = sourceWeight;
        decay[count] = averageWeight;
        divisor[count] = meanDivisor;
        count++;
    }

    /** The weight on the source of an update. */
    public double weight(int update) {
        return weight[update];
    }

    /** The weight on the average. */
    public double decay(int update) {
        return decay[update];
    }

    /** What a mean divides by. */
    public double divisor(int update) {
        return divisor[update];
    }
}
