package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.HostStore;
import dev.polyak.rule.AverageRule;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * mmengine's EMAHook (mmengine/hooks/ema_hook.py): {@code state_dict.*} holds the average, so that it can be deployed
 * as it is, and {@code ema_state_dict.module.*} the raw weights; {@code ema_state_dict.steps} counts the averaged
 * model's calls, and {@code meta.iter} the iterations, on which it depends when the hook begins. Up to then the hook
 * copies and {@code steps} stands still.
 *
 * <p>Names that do not match are reported ({@code strict_load=False}). Resuming from a checkpoint without
 * {@code ema_state_dict} warns and begins anew with a copy of {@code state_dict}.
 */
final class MmengineNames implements Naming {
    private static final String MODEL = "state_dict.";
    private static final String AVERAGE = "ema_state_dict.";
    private static final String MODULE = AVERAGE + "module.";
    private static final String STEPS = AVERAGE + "steps";
    private static final String ITERATIONS = "meta.iter";

    @Override
    public boolean recognises(Entries state) {
        return state.hasPart(AVERAGE);
    }

    @Override
    public SavedState read(Entries state) throws SchemeException {
        HostStore model = state.requirePart(MODEL);
        OptionalLong iterations = state.count(ITERATIONS);
        if (!state.hasPart(AVERAGE)) {
            return SavedState.withoutAverage(model, CountedCalls.NONE, iterations);
        }
        SwappedParts parts = new SwappedParts(model, state.requirePart(MODULE));
        parts.requireSameTensors();
        return SavedState.of(
                parts.averageAgain(),
                Optional.of(parts.modelAgain()),
                true,
                CountedCalls.exactly(state.requireCount(STEPS)),
                iterations);
    }

    @Override
    public void write(AveragedState state, StateBuilder to) {
        SwappedParts parts = new SwappedParts(state.model(), state.average());
        parts.addModel(MODEL, to);
        parts.addAverage(tensor -> MODULE + tensor.name(), to);
        long calls = state.counters().calls();
        to.integer(STEPS, counter(state.rule()).counted(calls)).integer(ITERATIONS, calls);
    }

    @Override
    public CallCounter counter(AverageRule rule) {
        return CallCounter.fromLastCopy(rule);
    }

    @Override
    public boolean isStrict() {
        return false;
    }
}
