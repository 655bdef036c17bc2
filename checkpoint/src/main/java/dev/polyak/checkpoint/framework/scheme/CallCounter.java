package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.AverageCounters;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.AverageRule.Call;

/**
 * Counts the calls of a rule as a framework's averaged model does: those that do something, from a first one on.
 *
 * @param rule whose calls
 * @param first number of the first call that is counted
 */
record CallCounter(AverageRule rule, long first) {
    /** No training has more calls, and to look further would take too long. */
    static final long MOST = 1L << 32;

    /** A counter of all calls that do something. */
    static CallCounter ofAll(AverageRule rule) {
        return new CallCounter(rule, 1);
    }

    /**
     * A counter of the calls from the last on of those that copy in the beginning: the copies before it are made in the
     * averaged model's stead, and not counted.
     */
    static CallCounter fromLastCopy(AverageRule rule) {
        long first = 1;
        for (long number = 1; number <= MOST; number++) {
            Call call = rule.call(number);
            if (call == Call.COPY) {
                first = number;
            } else if (call != Call.HOLD) {
                break;
            }
        }
        return new CallCounter(rule, first);
    }

    boolean counts(long number) {
        return number >= first && rule.call(number) != Call.HOLD;
    }

    /** How many of the first calls are counted. */
    long counted(long calls) {
        long count = 0;
        for (long number = first; number <= calls; number++) {
            count += counts(number) ? 1 : 0;
        }
        return count;
    }

    /** The fewest calls of which so many are counted, or −1 if there never are. */
    long reaching(long count) {
        long counted = 0;
        for (long number = 0; number <= MOST; number++) {
            counted += number > 0 && counts(number) ? 1 : 0;
            if (counted == count) {
                return number;
            }
        }
        return -1;
    }

    /**
     * The calls after which an average that has counted none goes on as one of {@code calls} would that forgot its
     * count, or −1 if the rule has no such place: as far before the first counted call as the other is before its next.
     */
    long startingOver(long calls) {
        long distance = 1;
        while (!counts(calls + distance) && distance < MOST) {
            distance++;
        }
        return reaching(1) - distance;
    }

    AverageCounters counters(long calls) {
        long updates = 0;
        for (long number = 1; number <= calls; number++) {
            Call call = rule.call(number);
            updates += call == Call.UPDATE || call == Call.COPY_THEN_UPDATE ? 1 : 0;
        }
        return new AverageCounters(calls, updates);
    }
}
