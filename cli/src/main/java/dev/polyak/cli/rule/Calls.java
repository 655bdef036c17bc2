package dev.polyak.cli.rule;

import dev.polyak.rule.AverageRule;
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
            if (call.copies()) {
                base = k;
                updates.clear();
            }
            if (call.updates()) {
                updates.add(k);
            }
        }
        return new Calls(base, updates);
    }
}
