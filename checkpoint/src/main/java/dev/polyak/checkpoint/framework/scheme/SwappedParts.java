package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.function.Function;

/**
 * A model's part of a state and its average's, in each other's place: what the average holds is in the model's part,
 * and the raw numbers of these tensors are in the average's. What the average does not hold stays in the model's part.
 */
final class SwappedParts {
    private final ParameterStore model;
    private final ParameterStore average;
    /** For each tensor of the model its place in the average, or −1. */
    private final LayoutMatch match;

    /**
     * Two parts of a state or, before it is written, an average and its model; changing places undoes itself.
     *
     * @param model what is where the model belongs
     * @param average what is where the average belongs
     */
    SwappedParts(ParameterStore model, ParameterStore average) {
        this.model = model;
        this.average = average;
        this.match = LayoutMatch.of(model.layout(), average.layout());
    }

    /** Why they cannot change places: a phrase to be said of the average's part. */
    void requireSameTensors() throws SchemeException {
        if (!match.unused().isEmpty()) {
            throw new SchemeException("has '" + match.unused().get(0)
                    + "' in the average but not in the model, so that they cannot have changed places; save it again");
        }
        if (match.conflicts().isPresent()) {
            throw new SchemeException("has other tensors in the average than in the model: the average "
                    + match.conflicts().get() + "; save it again");
        }
    }

    /** Adds the model's tensors, with the other part's numbers where that has them. */
    void addModel(String prefix, StateBuilder to) {
        ParameterLayout layout = model.layout();
        for (int i = 0; i < layout.size(); i++) {
            TensorSpec tensor = layout.tensor(i);
            int there = match.sourceOf(i);
            to.add(prefix + tensor.name(), tensor.role(), there < 0 ? model : average, there < 0 ? i : there);
        }
    }

    /** Adds the average's tensors with the numbers that are in the model's part. */
    void addAverage(Function<TensorSpec, String> name, StateBuilder to) {
        ParameterLayout layout = average.layout();
        for (int i = 0; i < model.layout().size(); i++) {
            if (match.sourceOf(i) >= 0) {
                TensorSpec tensor = layout.tensor(match.sourceOf(i));
                to.add(name.apply(tensor), tensor.role(), model, i);
            }
        }
    }

    HostStore modelAgain() {
        StateBuilder builder = new StateBuilder();
        addModel("", builder);
        return builder.build();
    }

    HostStore averageAgain() {
        StateBuilder builder = new StateBuilder();
        addAverage(TensorSpec::name, builder);
        return builder.build();
    }
}
