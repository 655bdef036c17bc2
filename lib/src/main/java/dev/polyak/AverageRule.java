package dev.polyak;

import dev.polyak.schedule.Order;
import dev.polyak.schedule.Schedule;

/**
 * How a sequence of sources becomes an average: everything but the numbers and the counters.
 *
 * <p>Calls are numbered from 1; call 0 is the state from which the average began. Call k copies the source if k &lt;
 * {@code start}, else updates the average if k is a multiple of {@code every}, else leaves it (but for what is copied
 * at every call). Updates are counted from 1, and the schedule sees that count.
 *
 * @param schedule the weight of each update
 * @param order the order of the floating-point operations
 * @param every interval between updates, in calls, at least 1
 * @param start number of the first call that does not copy, not negative; 0 and 1 copy never
 * @param buffers what becomes of floating-point buffers, and of opaque ones (which cannot be averaged)
 * @param integers what becomes of integers and booleans
 */
public record AverageRule(
        Schedule schedule, Order order, int every, long start, BufferPolicy buffers, IntegerPolicy integers) {

    /** What a call does. */
    enum Call {
        /** Takes the source as it is. */
        COPY,
        /** Mixes the source in. */
        UPDATE,
        /** Takes what is copied at every call. */
        COPY_BUFFERS
    }

    /**
     * Checks the components.
     *
     * @param schedule the weight of each update
     * @param order the order of the floating-point operations
     * @param every interval between updates
     * @param start number of the first call that does not copy
     * @param buffers what becomes of floating-point buffers
     * @param integers what becomes of integers
     * @throws IllegalArgumentException if every is less than 1 or start is negative
     */
    public AverageRule {
        if (every < 1) {
            throw new IllegalArgumentException("an average is updated every 1 or more calls, not every " + every);
        }
        if (start < 0) {
            throw new IllegalArgumentException(
                    "the first call that averages must have a number from 0 on, not " + start);
        }
    }

    /**
     * The usual rule: {@link Order#LERP}, an update at every call from the first on, buffers and integers copied.
     *
     * @param schedule the weight of each update
     * @return the rule
     */
    public static AverageRule of(Schedule schedule) {
        return new AverageRule(schedule, Order.LERP, 1, 0, BufferPolicy.COPY, IntegerPolicy.COPY);
    }

    Call call(long number) {
        if (number < start) {
            return Call.COPY;
        }
        return number % every == 0 ? Call.UPDATE : Call.COPY_BUFFERS;
    }
}
