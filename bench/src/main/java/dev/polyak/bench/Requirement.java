package dev.polyak.bench;

import dev.polyak.gpucheck.measure.Quartiles;

/**
 * How many times as fast as another way one must be.
 *
 * @param way which
 * @param other than which
 * @param least the least speed
 * @param beyondNoise whether it is missed only if three quarters of the rounds miss it, as where both do the same
 */
record Requirement(String way, String other, double least, boolean beyondNoise) {
    /** The median must reach a speed. */
    static Requirement speed(String way, String other, double least) {
        return new Requirement(way, other, least, false);
    }

    /** It must not be slower, as far as can be seen. */
    static Requirement notSlower(String way, String other) {
        return new Requirement(way, other, 1, true);
    }

    boolean isMet(Quartiles speed) {
        return (beyondNoise ? speed.upper() : speed.median()) >= least;
    }
}
