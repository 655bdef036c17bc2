package dev.polyak.checkpoint.framework.scheme;

import static java.util.Objects.requireNonNull;

import dev.polyak.AverageCounters;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.rule.AverageRule;
import dev.polyak.tensor.LayoutMatch;

/**
 * What a training has to save: an average, how it is made and how far it has come, and the model. The stores are read
 * when the state is written, not before.
 *
 * @param rule how the average is made
 * @param counters how far it has come
 * @param average its numbers, not debiased
 * @param model the model's own numbers, also while the average is in their place
 */
public record AveragedState(AverageRule rule, AverageCounters counters, ParameterStore average, ParameterStore model) {
    /**
     * Checks the components.
     *
     * @param rule how the average is made
     * @param counters how far it has come
     * @param average its numbers
     * @param model the model's own numbers
     * @throws IllegalArgumentException if the average has a tensor that the model lacks
     */
    public AveragedState {
        requireNonNull(rule, "rule");
        requireNonNull(counters, "counters");
        requireNonNull(average, "average");
        requireNonNull(model, "model");
        LayoutMatch match = LayoutMatch.of(average.layout(), model.layout());
        if (!match.missing().isEmpty() || match.conflicts().isPresent()) {
            throw new IllegalArgumentException("the average is not one of this model, which "
                    + match.difference().orElseThrow());
        }
    }

    /**
     * The state of an average; of several, the first.
     *
     * @param average the average
     * @return its numbers, and those of its model
     * @throws IllegalStateException if the average is closed, torn or swapped in
     */
    public static AveragedState of(ParameterAverage average) {
        requireNonNull(average, "average");
        return new AveragedState(average.rule(), average.counters(), average.store(), average.model());
    }
}
