package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.HostStore;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The parts of a state, found by their names: views of its memory, good as long as it is open.
 *
 * @param average the average, under the model's names; empty if the training had none
 * @param model the raw model; empty if the framework saves it elsewhere
 * @param swapped whether average and model were in each other's place
 * @param counted how many calls the averaged model has counted
 * @param steps how many steps the training has made, if the state says so
 * @param ruleText how the average is made, as {@link dev.polyak.frameworks.Rules#parse} reads it, if the state says so
 */
public record SavedState(
        Optional<HostStore> average,
        Optional<HostStore> model,
        boolean swapped,
        CountedCalls counted,
        OptionalLong steps,
        Optional<String> ruleText) {

    /** The state of a training that had no average. */
    static SavedState withoutAverage(HostStore model, CountedCalls counted, OptionalLong steps) {
        return new SavedState(Optional.empty(), Optional.of(model), false, counted, steps, Optional.empty());
    }

    /** A state with a count of calls, and no more. */
    static SavedState of(
            HostStore average, Optional<HostStore> model, boolean swapped, CountedCalls counted, OptionalLong steps) {
        return new SavedState(Optional.of(average), model, swapped, counted, steps, Optional.empty());
    }
}
