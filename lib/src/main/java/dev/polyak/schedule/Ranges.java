package dev.polyak.schedule;

/** The conditions that the numbers of a schedule must meet. */
final class Ranges {
    private Ranges() {}

    static void checkFraction(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("the " + name + " must be between 0 and 1, not " + value);
        }
    }

    static void checkPositive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("the " + name + " must be a positive number, not " + value);
        }
    }

    static void checkAtLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("the " + name + " must be at least 1, not " + value);
        }
    }
}
