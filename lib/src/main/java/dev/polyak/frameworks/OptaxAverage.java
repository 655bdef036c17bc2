package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * optax's ema and incremental_update (optax/transforms/_accumulation.py, optax/_src/update.py).
 *
 * @param weight the weight on the source
 * @param decay the weight on the average
 * @param zero whether it starts at zero
 * @param debias whether it is divided by what the start at zero takes away
 */
record OptaxAverage(double weight, double decay, boolean zero, boolean debias) implements AverageRule {

    static AverageRule ema(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        double decay = arguments.requiredNumber("decay");
        boolean debias = arguments.truth("debias", true);
        arguments.skip("accumulator_dtype");
        arguments.finish();
        return new OptaxAverage(1 - decay, decay, true, debias);
    }

    static AverageRule incremental(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("new_tensors");
        arguments.skip("old_tensors");
        double step = arguments.requiredNumber("step_size");
        arguments.finish();
        return new OptaxAverage(step, 1 - step, false, false);
    }

    @Override
    public Call call(long number) {
        return Call.UPDATE;
    }

    @Override
    public double weight(long number) {
        return weight;
    }

    @Override
    public double decay(long number) {
        return decay;
    }

    @Override
    public UpdateFormula formula() {
        return UpdateFormula.BLEND;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return TensorScope.PARAMETERS.treatment(tensor);
    }

    @Override
    public boolean startsAtZero() {
        return zero;
    }

    /** In binary32, as JAX computes it: for decays near 1 that shows in the sixth digit. */
    @Override
    public double debiasing(long calls) {
        return debias && calls > 0 ? 1f - (float) StrictMath.pow((float) decay, (double) calls) : 1;
    }
}
