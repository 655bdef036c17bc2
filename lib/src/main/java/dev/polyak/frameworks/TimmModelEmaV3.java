package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.internal.math.Power;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * timm's ModelEmaV3 (timm/utils/model_ema.py). Told of the step, it takes the source as it is up to
 * {@code updateAfterStep + 1}, by a lerp of weight 1; never told of it, its decay is constant.
 *
 * @param decay the largest decay
 * @param minDecay the smallest decay of a warmup
 * @param updateAfterStep the last step that does not average, less one
 * @param useWarmup whether the decay is 1 − (1 + step/gamma)^−power, between the two
 * @param gamma inverse multiplicative factor of the warmup
 * @param power exponent of the warmup
 * @param held what becomes of the tensors
 * @param told whether update is given the step
 */
record TimmModelEmaV3(
        double decay,
        double minDecay,
        long updateAfterStep,
        boolean useWarmup,
        double gamma,
        double power,
        TensorScope held,
        boolean told)
        implements AverageRule {

    static AverageRule of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("model");
        double decay = arguments.number("decay", 0.9999);
        double minDecay = arguments.number("min_decay", 0);
        long updateAfterStep = arguments.integer("update_after_step", 0);
        boolean useWarmup = arguments.truth("use_warmup", false);
        double gamma = arguments.number("warmup_gamma", 1);
        double power = arguments.number("warmup_power", 2 / 3.0);
        arguments.skip("device");
        arguments.skip("foreach"); // the same operations either way
        TensorScope held = arguments.truth("exclude_buffers", false)
                ? TensorScope.PARAMETERS_AND_COPIED_BUFFERS
                : TensorScope.FLOATS_AND_COPIED_INTEGERS;
        arguments.finish();
        boolean told = update.map(TimmModelEmaV3::givesStep).orElse(true);
        return new TimmModelEmaV3(decay, minDecay, updateAfterStep, useWarmup, gamma, power, held, told);
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
        if (!told) {
            return decay;
        }
        long step = Math.max(0, number - updateAfterStep - 1);
        if (step == 0) {
            return 0;
        }
        return useWarmup ? Math.max(Math.min(1 - Power.of(1 + step / gamma, -power), decay), minDecay) : decay;
    }

    @Override
    public UpdateFormula formula() {
        return UpdateFormula.LERP;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return held.treatment(tensor);
    }

    private static boolean givesStep(PythonValue.Call update) {
        Arguments arguments = new Arguments(".update", update.positional(), update.keywords());
        arguments.skip("model");
        boolean given = arguments.any("step").isPresent();
        arguments.finish();
        return given;
    }
}
