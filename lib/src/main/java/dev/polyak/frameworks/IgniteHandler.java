package dev.polyak.frameworks;

import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * Ignite's EMAHandler (ignite/handlers/ema_handler.py), attached to every so many iterations. What it copies shares the
 * model's storage from the first firing on, and so has the model's value between firings too.
 *
 * @param momentum the weight on the source after the warmup
 * @param momentumWarmup the weight at the first firing; no number if there is no warmup
 * @param warmupIters number of the firing at which the warmup ends
 * @param held what becomes of the tensors
 * @param every interval between firings, in iterations
 */
record IgniteHandler(double momentum, double momentumWarmup, long warmupIters, TensorScope held, int every)
        implements AverageRule {

    static AverageRule of(Arguments arguments, TrainingFacts training) {
        arguments.skip("model");
        double momentum = arguments.number("momentum", 0.0002);
        Optional<Double> momentumWarmup = arguments.optionalNumber("momentum_warmup");
        Optional<Long> warmupIters = arguments.optionalInteger("warmup_iters");
        String buffers = arguments.optionalText("handle_buffers").orElse("copy");
        arguments.finish();
        if (!(momentum > 0 && momentum < 1)) {
            throw new IllegalArgumentException(
                    "Invalid momentum: " + momentum + "; it must be between 0 and 1, both excluded");
        }
        TensorScope held = switch (buffers) {
            case "copy" -> TensorScope.PARAMETERS_AND_COPIED_BUFFERS;
            case "update" -> TensorScope.FLOATS_AND_COPIED_INTEGERS;
            case "ema_train" -> TensorScope.PARAMETERS_AND_INITIAL_BUFFERS;
            default ->
                throw new IllegalArgumentException(
                        "handle_buffers can only be one of 'copy', 'update', 'ema_train', but got '" + buffers + "'");
        };
        // One of the two without the other is no warmup.
        boolean warms = momentumWarmup.isPresent() && warmupIters.isPresent();
        return new IgniteHandler(
                momentum, warms ? momentumWarmup.get() : Double.NaN, warmupIters.orElse(1L), held, training.every());
    }

    @Override
    public Call call(long number) {
        if (number % every == 0) {
            return Call.UPDATE;
        }
        return number < every ? Call.HOLD : Call.COPY_BUFFERS;
    }

    @Override
    public double weight(long number) {
        if (Double.isNaN(momentumWarmup)) {
            return momentum;
        }
        long firing = number / every;
        double here = momentumWarmup + (momentum - momentumWarmup) * (firing - 1) / Math.max(1, warmupIters - 1);
        return momentum >= momentumWarmup ? Math.min(momentum, here) : Math.max(momentum, here);
    }

    @Override
    public UpdateFormula formula() {
        return UpdateFormula.MUL_ADD;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return held.treatment(tensor);
    }
}
