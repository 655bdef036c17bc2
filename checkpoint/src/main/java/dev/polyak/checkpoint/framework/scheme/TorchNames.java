package dev.polyak.checkpoint.framework.scheme;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * PyTorch's AveragedModel (torch/optim/swa_utils.py), as its {@code state_dict()} is: {@code module.*} is the average,
 * {@code n_averaged} counts the calls. The model is saved by itself.
 */
final class TorchNames implements Naming {
    private static final String AVERAGE = "module.";
    private static final String COUNT = "n_averaged";

    @Override
    public boolean recognises(Entries state) {
        return state.has(COUNT);
    }

    @Override
    public SavedState read(Entries state) throws SchemeException {
        return SavedState.of(
                state.requirePart(AVERAGE),
                Optional.empty(),
                false,
                CountedCalls.exactly(state.requireCount(COUNT)),
                OptionalLong.empty());
    }

    @Override
    public void write(AveragedState state, StateBuilder to) throws SchemeException {
        WholeModel.require(state, "torch");
        to.addAll(AVERAGE, state.average());
        to.integer(COUNT, counter(state.rule()).counted(state.counters().calls()));
    }
}
