package dev.polyak.train;

import static java.util.Objects.requireNonNull;

import dev.polyak.schedule.TrainingTime;
import java.util.Arrays;

/**
 * At which of a loop's events an {@link AveragingHandler} updates its average: filters on the number of an iteration or
 * an epoch, as Ignite has them. Events are counted from 1, over the whole training. Between two firings the average is
 * not touched at all (while a rule's own interval still copies buffers).
 *
 * <p>Immutable. A filter has no state: a resumed loop fires as the uninterrupted one does.
 */
public final class UpdateFilter {
    private final boolean epochs;
    private final long every;
    private final long after;
    private final long before;
    /** Whether the interval is counted from the first event that may fire, instead of from the training's first. */
    private final boolean windowed;

    private final long[] once;

    private UpdateFilter(boolean epochs, long every, long after, long before, boolean windowed, long... once) {
        this.epochs = epochs;
        this.every = every;
        this.after = after;
        this.before = before;
        this.windowed = windowed;
        this.once = once;
    }

    /**
     * Fires at every so many iterations: at those whose number is a multiple. (Ignite's {@code every}.)
     *
     * @param interval at least 1, which is every iteration
     * @return the filter
     * @throws IllegalArgumentException if the interval is less than 1
     */
    public static UpdateFilter every(long interval) {
        if (interval < 1) {
            throw new IllegalArgumentException(
                    "an average is updated at every 1 or more events, not every " + interval);
        }
        return new UpdateFilter(false, interval, 0, Long.MAX_VALUE, false);
    }

    /**
     * Fires at every so many iterations or epochs. (Composer's {@code update_interval}.)
     *
     * @param interval in batches ({@code 10ba}) or epochs ({@code 2ep})
     * @return the filter
     * @throws IllegalArgumentException if the interval is in another unit, or less than 1
     */
    public static UpdateFilter every(TrainingTime interval) {
        requireNonNull(interval, "interval");
        return switch (interval.unit()) {
            case BATCH -> every(interval.count());
            case EPOCH -> every(interval.count()).atEpochs();
            default ->
                throw new IllegalArgumentException("an average is updated every some batches or epochs, such as 10ba or"
                        + " 2ep, not every " + interval);
        };
    }

    /**
     * Fires at certain iterations only. (Ignite's {@code once}.)
     *
     * @param numbers of the iterations, from 1; at least one
     * @return the filter
     * @throws IllegalArgumentException if there is none, or one is less than 1
     */
    public static UpdateFilter once(long... numbers) {
        requireNonNull(numbers, "numbers");
        long[] sorted = numbers.clone();
        Arrays.sort(sorted);
        if (sorted.length == 0 || sorted[0] < 1) {
            throw new IllegalArgumentException("events are counted from 1, so an average cannot be updated once at "
                    + (sorted.length == 0 ? "none" : sorted[0]));
        }
        return new UpdateFilter(false, 1, 0, Long.MAX_VALUE, false, sorted);
    }

    /**
     * Fires at all iterations from one to another. (Ignite's {@code after = first − 1} and {@code before = last + 1}.)
     *
     * @param first number of the first iteration, from 1
     * @param last number of the last iteration
     * @return the filter
     * @throws IllegalArgumentException if first is less than 1, or last less than first
     */
    public static UpdateFilter between(long first, long last) {
        if (first < 1 || last < first) {
            throw new IllegalArgumentException(
                    "events are counted from 1, so an average cannot be updated from " + first + " to " + last);
        }
        UpdateFilter from = every(1).after(first - 1);
        return last == Long.MAX_VALUE ? from : from.before(last + 1);
    }

    /**
     * The same filter on the numbers of epochs, at their ends.
     *
     * @return the filter
     */
    public UpdateFilter atEpochs() {
        return new UpdateFilter(true, every, after, before, windowed, once);
    }

    /**
     * The same filter on later events only. As in Ignite, an interval is then counted from the first of them: every 5
     * after 20 fires at 21, 26, 31…
     *
     * @param number of the last event that does not fire, from 0
     * @return the filter
     * @throws IllegalArgumentException if the number is negative
     * @throws IllegalStateException if the filter is for certain events
     */
    public UpdateFilter after(long number) {
        requireWindow(number);
        return new UpdateFilter(epochs, every, number, before, true);
    }

    /**
     * The same filter on earlier events only. As in Ignite, an interval is then counted from the first that may fire:
     * every 5 before 20 fires at 1, 6, 11 and 16.
     *
     * @param number of the first event that does not fire any more, from 0
     * @return the filter
     * @throws IllegalArgumentException if the number is negative
     * @throws IllegalStateException if the filter is for certain events
     */
    public UpdateFilter before(long number) {
        requireWindow(number);
        return new UpdateFilter(epochs, every, after, number, true);
    }

    /** Whether the filter is on epochs instead of iterations. */
    boolean isAtEpochs() {
        return epochs;
    }

    /** Whether the event of a number, from 1, fires. */
    boolean fires(long number) {
        if (once.length > 0) {
            return Arrays.binarySearch(once, number) >= 0;
        }
        return number > after && number < before && (windowed ? number - after - 1 : number) % every == 0;
    }

    private void requireWindow(long number) {
        if (number < 0) {
            throw new IllegalArgumentException("events are counted from 1: there is none before or after " + number);
        }
        if (once.length > 0) {
            throw new IllegalStateException("certain events need no first and no last: leave after and before out");
        }
    }

    /** Such as {@code every 5 iterations after 20}. */
    @Override
    public String toString() {
        String events = epochs ? "epoch" : "iteration";
        if (once.length > 0) {
            return "once at " + events + " " + Arrays.toString(once);
        }
        return (every == 1 ? "every " + events : "every " + every + " " + events + "s")
                + (after > 0 ? " after " + after : "")
                + (before < Long.MAX_VALUE ? " before " + before : "");
    }
}
