package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * timm's ModelEma and ModelEmaV2 (timm/utils/model_ema.py): every tensor of the state becomes e · decay + (1 − decay) ·
 * p at every update.
 *
 * @param decay the weight on the average
 */
record TimmModelEma(double decay) implements AverageRule {

    static AverageRule first(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("model");
        double decay = arguments.number("decay", 0.9999);
        arguments.skip("device");
        arguments.skip("resume");
        arguments.finish();
        return new TimmModelEma(decay);
    }

    static AverageRule second(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("model");
        double decay = arguments.number("decay", 0.9999);
        arguments.skip("device");
        arguments.finish();
        return new TimmModelEma(decay);
    }

    @Override
    public Call call(long number) {
        return Call.UPDATE;
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
        return UpdateFormula.BLEND;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return TensorScope.EVERYTHING.treatment(tensor);
    }
}
