package dev.polyak.frameworks;

import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ForwardingRule;

/**
 * A rule that is told of every so many steps only, because its loop calls update no more often: it counts these calls.
 *
 * @param rule the rule
 * @param every interval in steps, at least 2
 */
record EveryNthStep(AverageRule rule, int every) implements ForwardingRule {

    static AverageRule every(AverageRule rule, int every) {
        return every == 1 ? rule : new EveryNthStep(rule, every);
    }

    @Override
    public Call call(long number) {
        return number % every == 0 ? rule.call(number / every) : Call.HOLD;
    }

    @Override
    public double weight(long number) {
        return rule.weight(number / every);
    }

    @Override
    public double decay(long number) {
        return rule.decay(number / every);
    }

    @Override
    public double divisor(long number) {
        return rule.divisor(number / every);
    }

    @Override
    public double debiasing(long calls) {
        return rule.debiasing(calls / every);
    }
}
