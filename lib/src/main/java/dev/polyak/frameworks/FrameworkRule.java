package dev.polyak.frameworks;

import static java.util.Objects.requireNonNull;

import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ForwardingRule;
import java.util.Optional;

/**
 * The rule of a framework, with the call that it was read from: enough to save it in words and to read it again.
 *
 * @param text the call, as {@link Rules#parse} reads it
 * @param index which of the call's averages, from 0
 * @param training what the rule knows of the training
 * @param rule what it does
 */
public record FrameworkRule(String text, int index, TrainingFacts training, AverageRule rule)
        implements ForwardingRule {
    /**
     * Refuses nulls.
     *
     * @param text the call, as {@link Rules#parse} reads it
     * @param index which of the call's averages, from 0
     * @param training what the rule knows of the training
     * @param rule what it does
     */
    public FrameworkRule {
        requireNonNull(text, "text");
        requireNonNull(training, "training");
        requireNonNull(rule, "rule");
    }

    /**
     * What the average is a snapshot of, for {@link PostHoc}.
     *
     * @param calls how many calls there have been
     * @return the exponent of its profile and the time, in the unit in which the rule counts (edm2: images, or steps if
     *     the batch size is unknown; ema-pytorch: calls and one more); empty if the average follows no power function,
     *     or has no profile yet
     */
    public Optional<PostHoc.Snapshot> snapshot(long calls) {
        AverageRule own = rule instanceof EveryNthStep told ? told.rule() : rule;
        long ownCalls = rule instanceof EveryNthStep told ? calls / told.every() : calls;
        return own instanceof PowerProfile profiled && ownCalls > 0
                ? Optional.of(profiled.snapshot(ownCalls))
                : Optional.empty();
    }

    /** As the frameworks do, which take a decay of 1.5 as it is. */
    @Override
    public boolean extrapolates() {
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}
