package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Composer's EMA (composer/algorithms/ema/ema.py), in the state that its trainer saves (composer/core/state.py):
 *
 * <ul>
 *   <li>{@code state.model.*} is the model;
 *   <li>{@code state.algorithms.EMA.ema_model.named_parameters_dict.*} and {@code …named_buffers_dict.*} are the
 *       average. (The algorithms are a list of pairs in the file, and a dictionary when they are loaded.)
 *   <li>{@code state.algorithms.EMA.ema_weights_active} says that the two are in each other's place, as in every
 *       checkpoint since {@code ema_started};
 *   <li>{@code state.timestamp.Timestamp.batch} counts the batches.
 * </ul>
 *
 * <p>Names that do not match are reported, as Composer averages what it finds. Non-persistent buffers are in the
 * average alone, and left out.
 */
final class ComposerNames implements Naming {
    private static final String MODEL = "state.model.";
    private static final String EMA = "state.algorithms.EMA.";
    private static final String PARAMETERS = EMA + "ema_model.named_parameters_dict.";
    private static final String BUFFERS = EMA + "ema_model.named_buffers_dict.";
    private static final String ACTIVE = EMA + "ema_weights_active";
    private static final String STARTED = EMA + "ema_started";
    private static final String BATCHES = "state.timestamp.Timestamp.batch";

    @Override
    public boolean recognises(Entries state) {
        return state.hasPart(EMA);
    }

    @Override
    public SavedState read(Entries state) throws SchemeException {
        boolean active = state.requireFlag(ACTIVE);
        CountedCalls counted = state.requireFlag(STARTED) ? CountedCalls.SOME : CountedCalls.NONE;
        OptionalLong batches = state.count(BATCHES);
        HostStore model = state.requirePart(MODEL);
        HostStore average = average(state, model);
        if (!active) {
            return SavedState.of(average, Optional.of(model), false, counted, batches);
        }
        SwappedParts parts = new SwappedParts(model, average);
        parts.requireSameTensors();
        return SavedState.of(parts.averageAgain(), Optional.of(parts.modelAgain()), true, counted, batches);
    }

    @Override
    public void write(AveragedState state, StateBuilder to) {
        SwappedParts parts = new SwappedParts(state.model(), state.average());
        long calls = state.counters().calls();
        boolean started = counter(state.rule()).counted(calls) > 0;
        if (started) {
            parts.addModel(MODEL, to);
            parts.addAverage(ComposerNames::name, to);
        } else {
            to.addAll(MODEL, state.model());
            add(state.average(), to);
        }
        to.flag(ACTIVE, started).flag(STARTED, started).integer(BATCHES, calls);
    }

    @Override
    public boolean isStrict() {
        return false;
    }

    /** What is where the average belongs, but for buffers that the model does not save. */
    private static HostStore average(Entries state, HostStore model) throws SchemeException {
        StateBuilder all = new StateBuilder();
        add(state.requirePart(PARAMETERS), Role.PARAMETER, name -> true, all);
        Optional<HostStore> buffers = state.part(BUFFERS);
        if (buffers.isPresent()) {
            List<String> lacking =
                    LayoutMatch.of(buffers.get().layout(), model.layout()).missing();
            add(buffers.get(), Role.BUFFER, name -> !lacking.contains(name), all);
        }
        return all.build();
    }

    private static void add(HostStore part, Role role, Predicate<String> wanted, StateBuilder to) {
        for (int i = 0; i < part.layout().size(); i++) {
            String name = part.layout().tensor(i).name();
            if (wanted.test(name)) {
                to.add(name, role, part, i);
            }
        }
    }

    private static void add(ParameterStore average, StateBuilder to) {
        for (int i = 0; i < average.layout().size(); i++) {
            TensorSpec tensor = average.layout().tensor(i);
            to.add(name(tensor), tensor.role(), average, i);
        }
    }

    private static String name(TensorSpec tensor) {
        return (tensor.role() == Role.PARAMETER ? PARAMETERS : BUFFERS) + tensor.name();
    }
}
