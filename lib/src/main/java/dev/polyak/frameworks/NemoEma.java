package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * NeMo's EMA callback (nemo/collections/common/callbacks/ema.py): the optimizer's parameters, multiplied and added in
 * two passes, at the first step and at every so many after it.
 *
 * @param decay the weight on the average
 * @param every interval between updates
 */
record NemoEma(double decay, long every) implements AverageRule {

    static AverageRule of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        double decay = arguments.requiredNumber("decay");
        arguments.skip("validate_original_weights");
        long every = arguments.interval("every_n_steps", 1);
        arguments.skip("cpu_offload");
        arguments.finish();
        if (decay < 0 || decay > 1) {
            throw new IllegalArgumentException("EMA decay value must be between 0 and 1, not " + decay);
        }
        return new NemoEma(decay, every);
    }

    @Override
    public Call call(long number) {
        return (number - 1) % every == 0 ? Call.UPDATE : Call.HOLD;
    }

    @Override
    public double weight(long number) {
        return 1 - decay;
    }

    @Override
    public double decay(long number) {
        return decay;
    }

    @Override
    public UpdateFormula formula() {
        return UpdateFormula.MUL_ADD;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return TensorScope.PARAMETERS.treatment(tensor);
    }
}
