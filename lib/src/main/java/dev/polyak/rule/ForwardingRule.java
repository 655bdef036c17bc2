package dev.polyak.rule;

import static java.util.Objects.requireNonNull;

import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;

/** A rule that does what another does, but for what an implementation says itself. */
public interface ForwardingRule extends AverageRule {

    /**
     * The rule that is asked.
     *
     * @return the other rule
     */
    AverageRule rule();

    @Override
    default Call call(long number) {
        return rule().call(number);
    }

    @Override
    default double weight(long number) {
        return rule().weight(number);
    }

    @Override
    default double decay(long number) {
        return rule().decay(number);
    }

    @Override
    default double divisor(long number) {
        return rule().divisor(number);
    }

    @Override
    default UpdateFormula formula() {
        return rule().formula();
    }

    @Override
    default Treatment treatment(TensorSpec tensor) {
        requireNonNull(tensor, "tensor");
        return rule().treatment(tensor);
    }

    @Override
    default boolean startsAtZero() {
        return rule().startsAtZero();
    }

    @Override
    default double debiasing(long calls) {
        return rule().debiasing(calls);
    }

    @Override
    default boolean extrapolates() {
        return rule().extrapolates();
    }
}
