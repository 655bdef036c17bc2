package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.HostStore;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * timm's CheckpointSaver (timm/utils/checkpoint_saver.py): the model is {@code state_dict.*}, the average
 * {@code state_dict_ema.*}. Calls are not counted. Resuming from a checkpoint without an average warns and goes on from
 * the model, as timm's {@code ModelEma} does.
 */
final class TimmNames implements Naming {
    private static final String MODEL = "state_dict.";
    private static final String AVERAGE = "state_dict_ema.";

    @Override
    public boolean recognises(Entries state) {
        return state.hasPart(AVERAGE);
    }

    @Override
    public SavedState read(Entries state) throws SchemeException {
        Optional<HostStore> average = state.part(AVERAGE);
        if (average.isEmpty()) {
            return SavedState.withoutAverage(state.requirePart(MODEL), CountedCalls.UNKNOWN, OptionalLong.empty());
        }
        return SavedState.of(average.get(), state.part(MODEL), false, CountedCalls.UNKNOWN, OptionalLong.empty());
    }

    @Override
    public void write(AveragedState state, StateBuilder to) throws SchemeException {
        WholeModel.require(state, "timm");
        to.addAll(MODEL, state.model()).addAll(AVERAGE, state.average());
    }
}
