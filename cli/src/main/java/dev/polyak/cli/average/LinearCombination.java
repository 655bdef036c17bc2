package dev.polyak.cli.average;

import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import java.util.function.Function;

/**
 * A sum of the sources, each times a number of its own, which may be negative: call n adds the n-th. What is not
 * averaged is the last source's if it is copied, and the initial state's if it is left.
 *
 * @param weights one for each call
 * @param treatments what becomes of a tensor
 */
public record LinearCombination(List<Double> weights, Function<TensorSpec, Treatment> treatments)
        implements AverageRule {
    /**
     * Checks nothing, and keeps a copy of the weights.
     *
     * @param weights one for each call
     * @param treatments what becomes of a tensor
     */
    public LinearCombination {
        weights = List.copyOf(weights);
    }

    @Override
    public Call call(long number) {
        return Call.UPDATE;
    }

    @Override
    public double weight(long number) {
        return weights.get((int) number - 1);
    }

    @Override
    public double decay(long number) {
        return 1;
    }

    @Override
    public UpdateFormula formula() {
        return UpdateFormula.MUL_ADD;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return treatments.apply(tensor);
    }

    @Override
    public boolean startsAtZero() {
        return true;
    }

    /** The weights of a combination may be of either sign. */
    @Override
    public boolean extrapolates() {
        return true;
    }
}
