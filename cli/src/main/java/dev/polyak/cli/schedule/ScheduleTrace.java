package dev.polyak.cli.schedule;

import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ScheduledRule;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a rule does in a training.
 *
 * @param suffix what tells its average from others of the same call; empty if there are none
 * @param rule the rule
 * @param steps how many steps the training has
 */
record ScheduleTrace(String suffix, AverageRule rule, int steps) {

    /** The rule, as its user wrote it. */
    String description() {
        return rule instanceof ScheduledRule scheduled ? scheduled.schedule().toString() : rule.toString();
    }

    /** What becomes of the average at a step, in a word. */
    String action(int step) {
        Double weight = weight(step);
        if (weight == null) {
            return "skip";
        }
        return weight == 1 ? "copy" : "update";
    }

    /** The weight of the model's state in the average after a step; null if it is not updated, 1 if it is copied. */
    @Nullable
    Double weight(int step) {
        AverageRule.Call call = rule.call(step);
        if (call.copies()) {
            return 1.0;
        }
        return call.updates() ? rule.weight(step) / rule.debiasing(step) : null;
    }

    /** The weights of all steps. */
    List<@Nullable Double> weights() {
        List<@Nullable Double> weights = new ArrayList<>();
        for (int step = 1; step <= steps; step++) {
            weights.add(weight(step));
        }
        return weights;
    }

    /** What each state comes to in the end; that of step k is the k-th, the initial one the 0-th. */
    double[] shares() {
        double[] shares = new double[steps + 1];
        double rest = 1;
        for (int step = steps; step > 0 && rest != 0; step--) {
            AverageRule.Call call = rule.call(step);
            if (call.copies()) {
                shares[step] = rest;
                rest = 0;
            } else if (call.updates()) {
                shares[step] = rest * rule.weight(step);
                rest *= rule.decay(step);
            }
        }
        shares[0] = rule.startsAtZero() ? 0 : rest;
        double debiasing = rule.debiasing(steps);
        for (int i = 0; i <= steps; i++) {
            shares[i] /= debiasing;
        }
        return shares;
    }

    /**
     * After how many steps a state weighs half as much, if the last weight stays: ln ½ / ln decay, times the steps
     * between the last two updates.
     */
    OptionalDouble halfLife() {
        int last = updateUpTo(steps);
        if (last == 0) {
            return OptionalDouble.empty();
        }
        int interval = last - updateUpTo(last - 1);
        double decay = rule.call(last).copies() ? 0 : rule.decay(last);
        return OptionalDouble.of(interval * (Math.log(0.5) / Math.log(decay)));
    }

    /** How many states of equal shares would be as noisy: 1 / Σ share². */
    double effectiveWindow() {
        double squares = 0;
        for (double share : shares()) {
            squares += share * share;
        }
        return 1 / squares;
    }

    private int updateUpTo(int step) {
        int last = step;
        while (last > 0 && weight(last) == null) {
            last--;
        }
        return last;
    }
}
