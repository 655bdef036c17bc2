package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.HostStore;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Lightning's WeightAveraging (lightning/pytorch/callbacks/weight_averaging.py): {@code state_dict.*} is the average,
 * {@code current_model_state.*} the raw model, {@code averaging_state.n_averaged} counts the averaged model's calls,
 * and {@code global_step} the optimizer's steps.
 *
 * <p>Resuming from a checkpoint without these parts warns and begins anew with a copy of {@code state_dict}.
 */
final class LightningNames implements Naming {
    private static final String AVERAGE = "state_dict.";
    private static final String MODEL = "current_model_state.";
    private static final String STATE = "averaging_state.";
    private static final String COUNT = STATE + "n_averaged";
    private static final String STEPS = "global_step";

    @Override
    public boolean recognises(Entries state) {
        return state.hasPart(MODEL) || state.hasPart(STATE);
    }

    @Override
    public SavedState read(Entries state) throws SchemeException {
        HostStore average = state.requirePart(AVERAGE);
        OptionalLong steps = state.count(STEPS);
        Optional<HostStore> model = state.part(MODEL);
        if (model.isEmpty() || !state.hasPart(STATE)) {
            return SavedState.withoutAverage(average, CountedCalls.NONE, steps);
        }
        return SavedState.of(average, model, true, CountedCalls.exactly(state.requireCount(COUNT)), steps);
    }

    @Override
    public void write(AveragedState state, StateBuilder to) throws SchemeException {
        WholeModel.require(state, "Lightning");
        long calls = state.counters().calls();
        to.addAll(AVERAGE, state.average()).addAll(MODEL, state.model());
        to.integer(COUNT, counter(state.rule()).counted(calls)).integer(STEPS, calls);
    }
}
