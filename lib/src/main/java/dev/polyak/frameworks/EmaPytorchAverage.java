package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * ema-pytorch's EMA (ema_pytorch/ema_pytorch.py). The first call copies, and so does every due one up to
 * {@code updateAfterStep}; the decay of later due ones is computed in binary32.
 *
 * @param beta the largest decay
 * @param updateAfterStep the last step that copies
 * @param updateEvery interval between due calls
 * @param invGamma inverse multiplicative factor of the warmup
 * @param power exponent of the warmup
 * @param minValue the smallest decay
 * @param names the exceptions by name
 */
record EmaPytorchAverage(
        double beta,
        long updateAfterStep,
        long updateEvery,
        double invGamma,
        double power,
        double minValue,
        IgnoredNames names)
        implements AverageRule {

    static AverageRule of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("model");
        arguments.skip("ema_model");
        double beta = arguments.number("beta", 0.9999);
        long updateAfterStep = arguments.integer("update_after_step", 100);
        long updateEvery = arguments.interval("update_every", 10);
        double invGamma = arguments.number("inv_gamma", 1);
        double power = arguments.number("power", 2 / 3.0);
        double minValue = arguments.number("min_value", 0);
        IgnoredNames names = new IgnoredNames(
                arguments.names("param_or_buffer_names_no_ema"),
                arguments.names("ignore_names"),
                arguments.names("ignore_startswith_names"));
        arguments.skip("include_online_model");
        arguments.skip("allow_different_devices");
        arguments.skip("use_foreach"); // the same operations either way
        arguments.refuse(
                "update_model_with_ema_every", "it writes the average back into the model, which only training can do");
        arguments.skip("update_model_with_ema_beta");
        arguments.skip("forward_method_names");
        arguments.skip("move_ema_to_online_device");
        arguments.skip("coerce_dtype");
        arguments.skip("lazy_init_ema");
        arguments.finish();
        return new EmaPytorchAverage(beta, updateAfterStep, updateEvery, invGamma, power, minValue, names);
    }

    @Override
    public Call call(long number) {
        long step = number - 1;
        if (step == 0) {
            return Call.COPY;
        }
        if (step % updateEvery != 0) {
            return Call.HOLD;
        }
        if (step <= updateAfterStep) {
            return Call.COPY;
        }
        return beta == 1 ? Call.HOLD : Call.UPDATE; // a beta of 1 freezes it
    }

    @Override
    public double weight(long number) {
        return 1 - decay(number);
    }

    @Override
    public double decay(long number) {
        long epoch = Math.max(number - updateAfterStep - 1, 0);
        if (epoch == 0) {
            return 0;
        }
        float value = 1 - FloatPower.of(1 + (float) epoch / (float) invGamma, -power);
        return Math.min(Math.max(value, (float) minValue), (float) beta);
    }

    @Override
    public UpdateFormula formula() {
        return UpdateFormula.LERP;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return names.treatment(tensor);
    }
}
