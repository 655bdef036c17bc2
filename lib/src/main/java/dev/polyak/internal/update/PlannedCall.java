package dev.polyak.internal.update;

import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.Arrays;
import java.util.BitSet;

/** What the next call does to one average, found out before anything is written. Made once, and reused. */
public final class PlannedCall {
    private final AverageRule rule;
    private final Treatment[] treatments;
    private final boolean copiesSomething;
    private AverageRule.Call call = AverageRule.Call.HOLD;
    private double weight;
    private double decay;
    private double divisor;

    /** Refuses tensors that the rule cannot treat as it says. */
    public PlannedCall(AverageRule rule, ParameterLayout layout) {
        this(rule, treatments(layout, rule));
    }

    public PlannedCall(AverageRule rule, Treatment[] treatments) {
        this.rule = rule;
        this.treatments = treatments;
        this.copiesSomething = Arrays.asList(treatments).contains(Treatment.COPY);
    }

    /** The treatments of a layout's tensors; refuses what cannot be treated so. */
    public static Treatment[] treatments(ParameterLayout layout, AverageRule rule) {
        Treatment[] treatments = new Treatment[layout.size()];
        for (int i = 0; i < treatments.length; i++) {
            TensorSpec tensor = layout.tensor(i);
            treatments[i] = rule.treatment(tensor);
            if (treatments[i] == Treatment.AVERAGE && !tensor.dtype().isFloat()) {
                throw new IllegalArgumentException("tensor '" + tensor.name() + "' is " + tensor.dtype()
                        + ", which cannot be averaged: convert it, or treat it as a buffer that is copied or frozen");
            }
            if (treatments[i] == Treatment.TRUNCATE && (!tensor.dtype().isInteger() || tensor.dtype() == DType.BOOL)) {
                throw new IllegalArgumentException("tensor '" + tensor.name() + "' is " + tensor.dtype()
                        + " and cannot be truncated like an integer");
            }
        }
        return treatments;
    }

    /**
     * Asks the rule.
     *
     * @param number number of the call
     * @param skipped how many updates have been left out before it, for which those rules make up that can
     * @return whether it does anything
     * @throws IllegalStateException if the rule has no weight for it, or one that would ruin the average
     */
    public boolean plan(long number, int skipped) {
        call = rule.call(number);
        if (call.updates()) {
            AverageRule spaced = skipped == 0 ? rule : rule.over(skipped + 1);
            weight = spaced.weight(number);
            decay = spaced.decay(number);
            divisor = spaced.divisor(number);
            WeightCheck.require(rule, number, weight, decay, divisor);
        }
        debiasing(number);
        return call != AverageRule.Call.HOLD && (call != AverageRule.Call.COPY_BUFFERS || copiesSomething);
    }

    /** Plans what another has planned. */
    public void copyFrom(PlannedCall other) {
        call = other.call;
        weight = other.weight;
        decay = other.decay;
        divisor = other.divisor;
    }

    public AverageRule rule() {
        return rule;
    }

    /** Whether the rule wants anything of this call. */
    boolean acts() {
        return call != AverageRule.Call.HOLD;
    }

    /** Whether the source is taken as it is. */
    boolean copies() {
        return call.copies();
    }

    /** Whether the source is mixed in. */
    boolean updates() {
        return call.updates();
    }

    public Treatment[] treatments() {
        return treatments;
    }

    /** The tensors that are averaged as floating-point numbers. */
    public BitSet averaged() {
        BitSet averaged = new BitSet();
        for (int i = 0; i < treatments.length; i++) {
            averaged.set(i, treatments[i] == Treatment.AVERAGE);
        }
        return averaged;
    }

    /**
     * What the average is divided by where it is read.
     *
     * @throws IllegalStateException if nothing can be divided by it
     */
    public double debiasing(long calls) {
        return WeightCheck.debiasing(rule, calls);
    }

    public boolean startsAtZero() {
        return rule.startsAtZero();
    }

    UpdateFormula formula() {
        return rule.formula();
    }

    double weight() {
        return weight;
    }

    double decay() {
        return decay;
    }

    double divisor() {
        return divisor;
    }
}
