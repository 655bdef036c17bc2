package dev.polyak.schedule;

import static java.util.Objects.requireNonNull;

/**
 * The weights of an average's updates: at update n the average becomes average + weight(n) · (source − average).
 *
 * <p>Updates are counted from 1; the state from which the average began is not an update. A schedule has no state, so
 * one may serve many averages and threads, and a resumed average goes on with the weight that an uninterrupted one
 * would have used. {@link Schedules#parse(String)} reads what {@code toString()} of the library's schedules prints.
 */
public interface Schedule {

    /**
     * The weight on the source.
     *
     * @param n number of the update, from 1
     * @return the weight, 0 to 1; 1 copies the source
     */
    double weight(long n);

    /**
     * The weight on the average. Where a rule is defined by its decay this is that very number, which 1 − weight(n)
     * need not be: for half of all d below ½, 1 − (1 − d) is not d.
     *
     * @param n number of the update, from 1
     * @return the decay, 0 to 1
     */
    default double decay(long n) {
        return 1 - weight(n);
    }

    /**
     * What {@link UpdateFormula#MEAN} divides by. Where a rule counts this is that very count, which 1 / weight(n) need
     * not be.
     *
     * @param n number of the update, from 1
     * @return 1 / weight(n)
     */
    default double divisor(long n) {
        return 1 / weight(n);
    }

    /**
     * Whether the decay stands for a time, so that an update that was left out is made up for {@linkplain #over by
     * raising the next one's decay}.
     *
     * @return true for half-lives
     */
    default boolean isHalfLife() {
        return false;
    }

    /**
     * This schedule after a warmup, in which the source weighs more.
     *
     * @param warmup the warmup
     * @return the combination
     */
    default Schedule warmup(Warmup warmup) {
        requireNonNull(warmup, "warmup");
        return new Combinations.WarmedUp(this, warmup);
    }

    /**
     * This schedule for updates that each stand for several training steps: the decay is raised to their number, so
     * that the average reaches as far back in steps as it would with an update at each.
     *
     * @param steps training steps between updates, at least 1
     * @return the schedule with decay(n) to the power of steps
     * @throws IllegalArgumentException if steps is less than 1
     */
    default Schedule over(int steps) {
        return steps == 1 ? this : new Combinations.Spaced(this, steps);
    }

    /**
     * This schedule for a number of updates, then another, whose updates are counted from 1 again.
     *
     * @param updates number of updates under this schedule, at least 1
     * @param next the schedule of the updates thereafter
     * @return the combination
     * @throws IllegalArgumentException if updates is less than 1
     */
    default Schedule then(long updates, Schedule next) {
        requireNonNull(next, "next");
        return new Combinations.Sequence(this, updates, next);
    }
}
