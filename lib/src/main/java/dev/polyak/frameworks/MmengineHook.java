package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import java.util.Optional;

/**
 * mmengine's EMAHook (mmengine/hooks/ema_hook.py): before it begins, everything is copied at every iteration; from the
 * first iteration on that is active, the averaged model counts its own calls.
 *
 * @param model the averaged model's own rule
 * @param firstActive number of the first iteration, from 1, at which the averaged model is called
 */
record MmengineHook(AverageRule model, long firstActive) implements AverageRule {

    static AverageRule of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        String type = arguments.optionalText("ema_type").orElse("ExponentialMovingAverage");
        arguments.skip("strict_load");
        long beginIter = arguments.integer("begin_iter", 0);
        long beginEpoch = arguments.integer("begin_epoch", 0);
        AverageRule model = model(type, arguments, training);
        if (beginIter != 0 && beginEpoch != 0) {
            throw new IllegalArgumentException("EMAHook: begin_iter and begin_epoch should not be both set");
        }
        if (beginIter < 0 || beginEpoch < 0) {
            throw new IllegalArgumentException(
                    "EMAHook: begin_iter and begin_epoch must be 0 or more, not " + Math.min(beginIter, beginEpoch));
        }
        long first = beginEpoch == 0
                ? beginIter
                : (beginEpoch - 1) * training.requireStepsPerEpoch("EMAHook with begin_epoch") + 1;
        if (training.maxSteps() > 0 && first > training.maxSteps()) {
            throw new IllegalArgumentException(
                    "EMAHook begins at iteration " + first + ", but there are only " + training.maxSteps());
        }
        return new MmengineHook(model, Math.max(1, first));
    }

    private static AverageRule model(String type, Arguments hook, TrainingFacts training) {
        Arguments arguments = new Arguments("EMAHook's " + type, List.of(new PythonValue.Name("model")), hook.rest());
        hook.finish();
        return switch (type) {
            case "ExponentialMovingAverage" -> MmengineAverage.exponential(arguments, Optional.empty(), training);
            case "MomentumAnnealingEMA" -> MmengineAverage.annealing(arguments, Optional.empty(), training);
            case "StochasticWeightAverage" -> MmengineAverage.stochastic(arguments, Optional.empty(), training);
            default ->
                throw new IllegalArgumentException("EMAHook knows no ema_type '" + type
                        + "'; there are ExponentialMovingAverage, MomentumAnnealingEMA, StochasticWeightAverage");
        };
    }

    @Override
    public Call call(long number) {
        return number < firstActive ? Call.COPY : model.call(number - firstActive + 1);
    }

    @Override
    public double weight(long number) {
        return model.weight(number - firstActive + 1);
    }

    @Override
    public UpdateFormula formula() {
        return model.formula();
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return model.treatment(tensor);
    }
}
