package dev.polyak.cli.average;

import dev.polyak.AverageRule;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rule does with each of a number of files.
 *
 * @param base number of the file from which the average begins, the last that is copied
 * @param updates numbers of the files that are mixed in, in order
 */
record Calls(int base, List<Integer> updates) {
    static Calls of(AverageRule rule, int files) {
        int base = (int) Math.max(0, Math.min(files, rule.start()) - 1);
        List<Integer> updates = new ArrayList<>();
        for (int k = base + 1; k < files; k++) {
            if (k % rule.every() == 0) {
                updates.add(k);
            }
        }
        return new Calls(base, updates);
    }
}
