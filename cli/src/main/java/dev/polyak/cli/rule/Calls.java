package dev.polyak.cli.rule;

import dev.polyak.AverageRule;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rule does with each of a number of files.
 *
 * @param base number of the file from which the average begins, the last that is copied
 * @param updates numbers of the files that are mixed in after that, in order
 */
public record Calls(int base, List<Integer> updates) {

    /**
     * Goes through the calls of a rule.
     *
     * @param rule how the files become an average
     * @param files how many there are, the first of which is the initial state
     * @return what takes part
     */
    public static Calls of(AverageRule rule, int files) {
        int base = 0;
        List<Integer> updates = new ArrayList<>();
        for (int k = 1; k < files; k++) {
            AverageRule.Call call = rule.call(k);
            if (copies(call)) {
                base = k;
                updates.clear();
            }
            if (updates(call)) {
                updates.add(k);
            }
        }
        return new Calls(base, updates);
    }

    /**
     * Whether a call takes the state as it is.
     *
     * @param call what the rule does
     * @return true if nothing of the average stays
     */
    public static boolean copies(AverageRule.Call call) {
        return call == AverageRule.Call.COPY || call == AverageRule.Call.COPY_THEN_UPDATE;
    }

    /**
     * Whether a call mixes the state in.
     *
     * @param call what the rule does
     * @return true if its weight counts
     */
    public static boolean updates(AverageRule.Call call) {
        return call == AverageRule.Call.UPDATE || call == AverageRule.Call.COPY_THEN_UPDATE;
    }
}
