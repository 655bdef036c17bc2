package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.internal.math.Power;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * edm2's TraditionalEMA (training/phema.py): a half-life in millions of images, at first no longer than a part of the
 * images seen so far.
 *
 * @param halfLife the half-life in millions of images
 * @param rampUp the part; no number if the half-life is constant
 * @param batchSize images of a step
 */
record Edm2Traditional(double halfLife, double rampUp, long batchSize) implements AverageRule {

    static AverageRule of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("net");
        double halfLife = arguments.number("halflife_Mimg", Double.POSITIVE_INFINITY);
        Optional<Double> rampUp = arguments.isGiven("rampup_ratio")
                ? arguments.optionalNumber("rampup_ratio")
                : arguments.defaultNumber("rampup_ratio", 0.09);
        arguments.finish();
        return new Edm2Traditional(
                halfLife, rampUp.orElse(Double.NaN), training.requireBatchSize("edm2.TraditionalEMA"));
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
        double current = halfLife;
        if (!Double.isNaN(rampUp)) {
            current = Math.min(current, (double) (number * batchSize) / 1e6 * rampUp);
        }
        return Power.of(0.5, batchSize / Math.max(current * 1e6, 1e-8));
    }

    @Override
    public UpdateFormula formula() {
        return UpdateFormula.LERP;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return TensorScope.PARAMETERS_AND_COPIED_BUFFERS.treatment(tensor);
    }
}
