package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.HostStore;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The parts of a state, found by their names: views of its memory, good as long as it is open.
 *
 * <p>Immutable.
 */
public final class SavedState {
    private final Optional<HostStore> average;
    private final Optional<HostStore> model;
    private final boolean swapped;
    private final CountedCalls counted;
    private final OptionalLong steps;
    private final Optional<String> ruleText;

    SavedState(
            Optional<HostStore> average,
            Optional<HostStore> model,
            boolean swapped,
            CountedCalls counted,
            OptionalLong steps,
            Optional<String> ruleText) {
        this.average = average;
        this.model = model;
        this.swapped = swapped;
        this.counted = counted;
        this.steps = steps;
        this.ruleText = ruleText;
    }

    /** The state of a training that had no average. */
    static SavedState withoutAverage(HostStore model, CountedCalls counted, OptionalLong steps) {
        return new SavedState(Optional.empty(), Optional.of(model), false, counted, steps, Optional.empty());
    }

    /** A state with a count of calls, and no more. */
    static SavedState of(
            HostStore average, Optional<HostStore> model, boolean swapped, CountedCalls counted, OptionalLong steps) {
        return new SavedState(Optional.of(average), model, swapped, counted, steps, Optional.empty());
    }

    /**
     * The average.
     *
     * @return its numbers under the model's names; empty if the training had none
     */
    public Optional<HostStore> average() {
        return average;
    }

    /**
     * The raw model.
     *
     * @return its numbers; empty if the framework saves it elsewhere
     */
    public Optional<HostStore> model() {
        return model;
    }

    /**
     * Whether average and model were in each other's place.
     *
     * @return true if the state was saved so
     */
    public boolean swapped() {
        return swapped;
    }

    /**
     * How many calls the averaged model has counted.
     *
     * @return the count, as far as the state says it
     */
    public CountedCalls counted() {
        return counted;
    }

    /**
     * How many steps the training has made.
     *
     * @return the number; empty if the state does not say it
     */
    public OptionalLong steps() {
        return steps;
    }

    /**
     * How the average is made.
     *
     * @return a call, as {@link dev.polyak.frameworks.Rules#parse} reads it; empty if the state does not say it
     */
    public Optional<String> ruleText() {
        return ruleText;
    }
}
