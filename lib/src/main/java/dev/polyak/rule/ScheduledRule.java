package dev.polyak.rule;

import static java.util.Objects.requireNonNull;

import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;

/**
 * The usual rule: a schedule, applied at every so many calls from a certain one on.
 *
 * <p>Call k copies the source if k &lt; {@code start}, else updates the average if k is a multiple of {@code every},
 * else leaves it (but for what is copied at every call). Updates are counted from 1, and the schedule sees that count.
 *
 * @param schedule the weight of each update
 * @param formula the order of the floating-point operations
 * @param every interval between updates, in calls, at least 1
 * @param start number of the first call that does not copy, not negative; 0 and 1 copy never
 * @param buffers what becomes of floating-point buffers, and of opaque ones (which cannot be averaged)
 * @param integers what becomes of integers and booleans
 */
public record ScheduledRule(
        Schedule schedule, UpdateFormula formula, int every, long start, BufferPolicy buffers, IntegerPolicy integers)
        implements AverageRule {

    /**
     * Checks the components.
     *
     * @param schedule the weight of each update
     * @param formula the order of the floating-point operations
     * @param every interval between updates
     * @param start number of the first call that does not copy
     * @param buffers what becomes of floating-point buffers
     * @param integers what becomes of integers
     * @throws IllegalArgumentException if every is less than 1 or start is negative
     */
    public ScheduledRule {
        requireNonNull(schedule, "schedule");
        requireNonNull(formula, "formula");
        requireNonNull(buffers, "buffers");
        requireNonNull(integers, "integers");
        if (every < 1) {
            throw new IllegalArgumentException("an average is updated every 1 or more calls, not every " + every);
        }
        if (start < 0) {
            throw new IllegalArgumentException(
                    "the first call that averages must have a number from 0 on, not " + start);
        }
    }

    /**
     * The usual rule: {@link UpdateFormula#LERP}, an update at every call from the first on, buffers and integers
     * copied.
     *
     * @param schedule the weight of each update
     * @return the rule
     */
    public static ScheduledRule of(Schedule schedule) {
        requireNonNull(schedule, "schedule");
        return new ScheduledRule(schedule, UpdateFormula.LERP, 1, 0, BufferPolicy.COPY, IntegerPolicy.COPY);
    }

    @Override
    public Call call(long number) {
        if (number < start) {
            return Call.COPY;
        }
        return number % every == 0 ? Call.UPDATE : Call.COPY_BUFFERS;
    }

    @Override
    public double weight(long number) {
        return schedule.weight(update(number));
    }

    @Override
    public double decay(long number) {
        return schedule.decay(update(number));
    }

    @Override
    public double divisor(long number) {
        return schedule.divisor(update(number));
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        requireNonNull(tensor, "tensor");
        return Treatment.of(tensor, buffers, integers);
    }

    @Override
    public AverageRule over(int updates) {
        return schedule.isHalfLife()
                ? new ScheduledRule(schedule.over(updates), formula, every, start, buffers, integers)
                : this;
    }

    /** How many calls up to this one, it included, updated. */
    private long update(long number) {
        return number / every - (Math.max(start, 1) - 1) / every;
    }
}
