package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * TensorFlow's tf.train.ExponentialMovingAverage (tensorflow/python/training/moving_averages.py): variables that are
 * trained, nothing else. The decay is a tensor of binary32.
 *
 * @param decay the largest decay
 * @param counts whether the decay ramps up with the number of updates
 * @param updates that number, if it is the same at every step; else −1
 * @param zeroDebias whether it starts at zero and is divided by what that takes away
 */
record TensorFlowAverage(double decay, boolean counts, long updates, boolean zeroDebias) implements AverageRule {

    static AverageRule of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        double decay = arguments.requiredNumber("decay");
        Optional<PythonValue> updates = arguments.any("num_updates");
        boolean zeroDebias = arguments.truth("zero_debias", false);
        arguments.skip("name");
        arguments.finish();
        long constant = updates.isPresent() && updates.get() instanceof PythonValue.Int number ? number.value() : -1;
        return new TensorFlowAverage(decay, updates.isPresent(), constant, zeroDebias);
    }

    @Override
    public Call call(long number) {
        return Call.UPDATE;
    }

    @Override
    public double weight(long number) {
        return 1 - (float) decay(number);
    }

    @Override
    public double decay(long number) {
        if (!counts) {
            return (float) decay;
        }
        float n = updates < 0 ? number : updates;
        return Math.min((float) decay, (1 + n) / (10 + n));
    }

    @Override
    public UpdateFormula formula() {
        return UpdateFormula.STEP_BACK;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return TensorScope.PARAMETERS.treatment(tensor);
    }

    @Override
    public boolean startsAtZero() {
        return zeroDebias;
    }

    @Override
    public double debiasing(long calls) {
        return zeroDebias && calls > 0 ? 1 - StrictMath.pow(1 - weight(calls), (double) calls) : 1;
    }
}
