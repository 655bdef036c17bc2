package dev.polyak.cli.compare;

/** How elements differ: adds up as it is told of one after the other. */
final class Difference {
    private long differing;
    private long notANumber;
    private double largest;
    private long mostUlps;

    /** Elements whose bits differ, NaNs apart, of which any equals any. */
    long differing() {
        return differing;
    }

    /** Of these, the elements that are NaN on one side only. */
    long notANumber() {
        return notANumber;
    }

    /** The largest absolute difference. */
    double largest() {
        return largest;
    }

    /** The largest difference in units in the last place; as an unsigned number, and 0 for what has no last place. */
    long mostUlps() {
        return mostUlps;
    }

    /** An element is NaN on one side. */
    void addNotANumber() {
        differing++;
        notANumber++;
    }

    /** An element differs. */
    void add(double absolute, long ulps) {
        differing++;
        largest = Math.max(largest, absolute);
        mostUlps = Long.compareUnsigned(mostUlps, ulps) >= 0 ? mostUlps : ulps;
    }

    /** What another has found. */
    void add(Difference other) {
        differing += other.differing;
        notANumber += other.notANumber;
        largest = Math.max(largest, other.largest);
        mostUlps = Long.compareUnsigned(mostUlps, other.mostUlps) >= 0 ? mostUlps : other.mostUlps;
    }
}
