package dev.polyak.internal.update;

import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.TreatmentOverrides;

/** Refuses what a rule answers if an average would be ruined by it. */
public final class WeightCheck {
    private WeightCheck() {}

    /**
     * Looks at what the formula of a rule uses.
     *
     * @throws IllegalStateException if it is not a number, or lies beyond what the rule may answer
     */
    public static void require(AverageRule rule, long number, double weight, double decay, double divisor) {
        switch (rule.formula()) {
            case MEAN -> {
                if (rule.extrapolates() ? Double.isNaN(divisor) || divisor == 0 : !(divisor >= 1)) {
                    throw refused(rule, number, "divisor", divisor, "at least 1");
                }
            }
            case BLEND, MUL_ADD -> {
                requireFraction(rule, number, "weight", weight);
                requireFraction(rule, number, "decay", decay);
            }
            default -> requireFraction(rule, number, "weight", weight);
        }
    }

    /**
     * What an average is divided by where it is read.
     *
     * @throws IllegalStateException if nothing can be divided by it
     */
    public static double debiasing(AverageRule rule, long calls) {
        double divisor = rule.debiasing(calls);
        if (!Double.isFinite(divisor) || divisor == 0) {
            throw new IllegalStateException(describe(rule) + " says that its average is divided by " + divisor
                    + " after " + calls + (calls == 1 ? " call" : " calls")
                    + ": debiasing must be a finite number other than 0; nothing has changed");
        }
        return divisor;
    }

    private static void requireFraction(AverageRule rule, long number, String what, double value) {
        if (rule.extrapolates() ? !Double.isFinite(value) : !(value >= 0 && value <= 1)) {
            throw refused(rule, number, what, value, "between 0 and 1");
        }
    }

    private static IllegalStateException refused(
            AverageRule rule, long number, String what, double value, String range) {
        return new IllegalStateException(describe(rule) + " gives call " + number + " the " + what + " " + value
                + ": a " + what + " must be " + (rule.extrapolates() ? "finite" : range) + "; nothing has changed");
    }

    /** The innermost rule that has words for itself. */
    private static String describe(AverageRule rule) {
        if (rule instanceof ScheduledRule scheduled) {
            return "the schedule " + scheduled.schedule();
        }
        return rule instanceof TreatmentOverrides overrides ? describe(overrides.rule()) : "the rule " + rule;
    }
}
