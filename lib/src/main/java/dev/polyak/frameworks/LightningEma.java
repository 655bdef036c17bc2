package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * Lightning's EMAWeightAveraging (lightning/pytorch/callbacks/weight_averaging.py): PyTorch's AveragedModel with
 * {@code get_ema_avg_fn}, called at certain steps, or at the end of epochs; its first call copies.
 *
 * @param decay the weight on the average
 * @param first number of the first step, from 1, at which the averaged model is called
 * @param every interval between these steps
 * @param held what becomes of the tensors
 */
record LightningEma(double decay, long first, long every, TensorScope held) implements AverageRule {

    static AverageRule of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("device");
        TensorScope held = arguments.truth("use_buffers", true)
                ? TensorScope.EVERYTHING
                : TensorScope.PARAMETERS_AND_COPIED_BUFFERS;
        double decay = arguments.number("decay", 0.999);
        long every = arguments.integer("update_every_n_steps", 1);
        long startStep = arguments.integer("update_starting_at_step", 0);
        Optional<Long> startEpoch = arguments.optionalInteger("update_starting_at_epoch");
        arguments.finish();
        if (decay < 0 || decay > 1) {
            throw new IllegalArgumentException(
                    "Invalid decay value " + decay + " provided. Please provide a value in [0,1] range.");
        }
        if (startEpoch.isPresent()) {
            if (every > 0) {
                throw new IllegalArgumentException(
                        "EMAWeightAveraging with update_starting_at_epoch updates at steps and at "
                                + "epochs, twice at some; set update_every_n_steps=0 to update at epochs alone");
            }
            long steps = training.requireStepsPerEpoch("EMAWeightAveraging with update_starting_at_epoch");
            return new LightningEma(decay, (startEpoch.get() + 1) * steps, steps, held);
        }
        if (every < 1) {
            throw new IllegalArgumentException("EMAWeightAveraging with update_every_n_steps=" + every
                    + " and no update_starting_at_epoch never updates");
        }
        // Steps count from 0 there: the first multiple of the interval from the start on.
        return new LightningEma(decay, Math.ceilDiv(startStep, every) * every + 1, every, held);
    }

    @Override
    public Call call(long number) {
        if (number < first || (number - first) % every != 0) {
            // PyTorch's AveragedModel copies buffers when it is called, and is not called here.
            return Call.HOLD;
        }
        return number == first ? Call.COPY : Call.UPDATE;
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
        return held.treatment(tensor);
    }
}
