package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * diffusers' EMAModel (diffusers/training_utils.py), in the folder that {@code save_pretrained} makes:
 * {@code diffusion_pytorch_model.*} is the average, and {@code config.*} has its arguments and
 * {@code optimization_step}, the number of calls. The model is saved by itself.
 */
final class DiffusersNames implements Naming {
    private static final String STEP = StateScheme.DIFFUSERS_CONFIG + "optimization_step";
    private static final String DECAY = StateScheme.DIFFUSERS_CONFIG + "decay";
    private static final String MIN_DECAY = StateScheme.DIFFUSERS_CONFIG + "min_decay";
    private static final String UPDATE_AFTER_STEP = StateScheme.DIFFUSERS_CONFIG + "update_after_step";
    private static final String WARMUP = StateScheme.DIFFUSERS_CONFIG + "use_ema_warmup";
    private static final String INV_GAMMA = StateScheme.DIFFUSERS_CONFIG + "inv_gamma";
    private static final String POWER = StateScheme.DIFFUSERS_CONFIG + "power";

    @Override
    public boolean recognises(Entries state) {
        return state.has(STEP);
    }

    @Override
    public SavedState read(Entries state) throws SchemeException {
        // What a model's own configuration lacks keeps its default: from_pretrained takes any model's folder.
        DiffusersArguments defaults = DiffusersArguments.DEFAULTS;
        DiffusersArguments arguments = new DiffusersArguments(
                state.number(DECAY).orElse(defaults.decay()),
                state.number(MIN_DECAY).orElse(defaults.minDecay()),
                state.count(UPDATE_AFTER_STEP).orElse(defaults.updateAfterStep()),
                state.flag(WARMUP).orElse(defaults.warmup()),
                state.number(INV_GAMMA).orElse(defaults.invGamma()),
                state.number(POWER).orElse(defaults.power()));
        return new SavedState(
                Optional.of(state.requirePart(StateScheme.DIFFUSERS_TENSORS)),
                Optional.empty(),
                false,
                CountedCalls.exactly(state.count(STEP).orElse(0)),
                OptionalLong.empty(),
                Optional.of(arguments.call()));
    }

    @Override
    public void write(AveragedState state, StateBuilder to) throws SchemeException {
        DiffusersArguments arguments = DiffusersArguments.of(state.rule())
                .orElseThrow(() ->
                        new SchemeException("cannot be written: diffusers saves averages by diffusers.EMAModel, and "
                                + state.rule() + " is none; choose another scheme"));
        to.addAll(StateScheme.DIFFUSERS_TENSORS, state.average());
        addBuffers(state, to);
        to.integer(STEP, counter(state.rule()).counted(state.counters().calls()))
                .number(DECAY, arguments.decay())
                .number(MIN_DECAY, arguments.minDecay())
                .integer(UPDATE_AFTER_STEP, arguments.updateAfterStep())
                .flag(WARMUP, arguments.warmup())
                .number(INV_GAMMA, arguments.invGamma())
                .number(POWER, arguments.power());
    }

    /** The model's buffers, which the average does not have and a whole model needs. */
    private static void addBuffers(AveragedState state, StateBuilder to) {
        for (int i = 0; i < state.model().layout().size(); i++) {
            TensorSpec tensor = state.model().layout().tensor(i);
            if (tensor.role() == Role.BUFFER && state.average().layout().indexOf(tensor.name()) < 0) {
                to.add(StateScheme.DIFFUSERS_TENSORS + tensor.name(), Role.BUFFER, state.model(), i);
            }
        }
    }
}
