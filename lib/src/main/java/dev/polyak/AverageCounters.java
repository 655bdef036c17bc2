package dev.polyak;

import dev.polyak.rule.AverageRule;

/**
 * How far an average has come. With its {@linkplain AverageRule rule} and its numbers this is all that a resumed
 * average needs to go on as if it had never stopped.
 *
 * @param calls number of update calls so far, those that copied or did nothing included
 * @param updates number of calls that mixed the source in; the next is update {@code updates + 1} of the schedule
 */
public record AverageCounters(long calls, long updates) {
    /** Those of an average that has just begun. */
    public static final AverageCounters ZERO = new AverageCounters(0, 0);

    /**
     * Checks the components.
     *
     * @param calls number of update calls
     * @param updates number of calls that mixed the source in
     * @throws IllegalArgumentException if a number is negative or there are more updates than calls
     */
    public AverageCounters {
        if (updates < 0 || calls < updates) {
            throw new IllegalArgumentException(updates + " updates in " + calls + " calls cannot be");
        }
    }
}
