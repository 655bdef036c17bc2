package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.rule.AverageRule;

/** The names of one framework. */
interface Naming {
    String OTHER_SCHEME = "check that it is whole, and of this scheme";

    /** Whether a state has entries that this framework alone writes. */
    boolean recognises(Entries state);

    /**
     * Finds the parts of a state.
     *
     * @throws SchemeException if one that the framework cannot do without is missing, or is something else
     */
    SavedState read(Entries state) throws SchemeException;

    /**
     * Names the parts of a state.
     *
     * @throws SchemeException if the framework cannot have saved it
     */
    void write(AveragedState state, StateBuilder to) throws SchemeException;

    /** Counts the calls of a rule as the framework does. */
    default CallCounter counter(AverageRule rule) {
        return CallCounter.ofAll(rule);
    }

    /** Whether the framework refuses an average that has not exactly its model's tensors; if not, it reports them. */
    default boolean isStrict() {
        return true;
    }
}
