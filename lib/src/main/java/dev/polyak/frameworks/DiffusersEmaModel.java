package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.internal.math.Power;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * diffusers' EMAModel (diffusers/training_utils.py): parameters only, its own count of steps, and a decay that ramps up
 * even without warmup.
 *
 * @param decay the largest decay
 * @param minDecay the smallest decay, once averaging has begun
 * @param updateAfterStep the last step of decay 0, less one
 * @param warmup whether the decay is 1 − (1 + step/invGamma)^−power; else (1 + step)/(10 + step)
 * @param invGamma inverse multiplicative factor of the warmup
 * @param power exponent of the warmup
 * @param foreach whether the two operations are fused
 */
record DiffusersEmaModel(
        double decay,
        double minDecay,
        long updateAfterStep,
        boolean warmup,
        double invGamma,
        double power,
        boolean foreach)
        implements AverageRule {

    static AverageRule of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        Optional<PythonValue> parameters = arguments.any("parameters");
        double decay = arguments.number("decay", 0.9999);
        double minDecay = arguments.number("min_decay", 0);
        long updateAfterStep = arguments.integer("update_after_step", 0);
        boolean warmup = arguments.truth("use_ema_warmup", false);
        double invGamma = arguments.number("inv_gamma", 1);
        double power = arguments.number("power", 2 / 3.0);
        boolean foreach = arguments.truth("foreach", false);
        arguments.skip("model_cls");
        arguments.skip("model_config");
        arguments.keywordsOnly();
        arguments.skip("device");
        decay = arguments.number("max_value", decay); // deprecated names
        minDecay = arguments.number("min_value", minDecay);
        arguments.finish();
        // A module instead of its parameters is deprecated, and switches the warmup on.
        boolean module =
                parameters.filter(value -> value instanceof PythonValue.Name).isPresent();
        return new DiffusersEmaModel(decay, minDecay, updateAfterStep, warmup || module, invGamma, power, foreach);
    }

    @Override
    public Call call(long number) {
        return Call.UPDATE;
    }

    @Override
    public double weight(long number) {
        return 1 - decay(number);
    }

    @Override
    public double decay(long number) {
        long step = Math.max(0, number - updateAfterStep - 1);
        if (step == 0) {
            return 0;
        }
        double current = warmup ? 1 - Power.of(1 + step / invGamma, -power) : (1.0 + step) / (10.0 + step);
        return Math.max(Math.min(current, decay), minDecay);
    }

    @Override
    public UpdateFormula formula() {
        return foreach ? UpdateFormula.STEP_BACK_FUSED : UpdateFormula.STEP_BACK;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return TensorScope.PARAMETERS.treatment(tensor);
    }
}
