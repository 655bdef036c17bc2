package dev.polyak.cli.average;

import dev.polyak.checkpoint.BufferNames;
import dev.polyak.cli.console.Text;
import dev.polyak.cli.rule.Calls;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import java.util.ArrayList;
import java.util.List;

/** What is allowed, but hardly meant. */
final class Warnings {
    private Warnings() {}

    /**
     * Looks for what is hardly meant.
     *
     * @param rule how the average is made
     * @param files how many files there are
     * @param accumulators the tensors in the types in which they are accumulated
     * @param bufferPatterns patterns that the user gave
     * @return one sentence for each finding
     */
    static List<String> of(AverageRule rule, int files, ParameterLayout accumulators, List<String> bufferPatterns) {
        List<String> warnings = new ArrayList<>();
        List<Integer> updates = Calls.of(rule, files).updates();
        if (files > 1 && updates.isEmpty()) {
            warnings.add("nothing was averaged: with " + how(rule) + ", none of the " + Text.count(files, "file")
                    + " is an update");
        }
        double smallest = 1;
        for (int k : updates) {
            double weight = rule.weight(k);
            smallest = weight > 0 ? Math.min(smallest, weight) : smallest;
        }
        for (DType type : List.of(DType.BF16, DType.F16)) {
            if (smallest < lostBelow(type)
                    && accumulators.tensors().stream().anyMatch(t -> t.role() == Role.PARAMETER && t.dtype() == type)) {
                warnings.add("a " + type + " average hardly moves with weights as small as " + (float) smallest
                        + ": add --dtype f32 or --accumulate f32");
            }
        }
        for (String pattern : bufferPatterns) {
            if (addsNothing(pattern, accumulators)) {
                warnings.add("--buffer-pattern " + Text.quoted(pattern) + " adds no tensor to the buffers");
            }
        }
        return warnings;
    }

    private static String how(AverageRule rule) {
        return rule instanceof ScheduledRule scheduled
                ? "--every " + scheduled.every() + " and --start " + scheduled.start()
                : rule.toString();
    }

    /**
     * The weight below which rounding to nearest takes an update back, if the source differs from the average by a
     * quarter: the step is less than half a unit in the last place.
     */
    private static double lostBelow(DType type) {
        return type == DType.BF16 ? 0x1p-6 : 0x1p-9;
    }

    private static boolean addsNothing(String pattern, ParameterLayout layout) {
        BufferNames without = BufferNames.defaults();
        BufferNames with = without.and(pattern);
        return layout.tensors().stream().allMatch(tensor -> with.roleOf(tensor) == without.roleOf(tensor));
    }
}
