package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * edm2's PowerFunctionEMA (training/phema.py), told of the images seen so far at every step; buffers are copied when
 * the average is taken.
 *
 * @param gamma the exponent
 * @param batchSize images of a step
 */
record Edm2PowerFunction(double gamma, long batchSize) implements PowerProfile {

    static List<Frameworks.Named> of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("net");
        List<Double> stds = arguments.optionalNumbers("stds").orElse(List.of(0.05, 0.1));
        arguments.finish();
        if (stds.isEmpty()) {
            throw new IllegalArgumentException("PowerFunctionEMA: stds is empty, so there is no average");
        }
        // The ratio of images to images does not depend on how many a step has.
        long batchSize = Math.max(1, training.batchSize());
        return stds.stream()
                .map(std -> new Frameworks.Named(
                        stds.size() == 1 ? "" : String.format(Locale.ROOT, "-%.3f", std),
                        EveryNthStep.every(
                                new Edm2PowerFunction(PowerFunction.gamma(std), batchSize), training.every())))
                .toList();
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
        return PowerFunction.decay(gamma, (double) batchSize, (double) number * batchSize);
    }

    @Override
    public PostHoc.Snapshot snapshot(long calls) {
        return new PostHoc.Snapshot((double) calls * batchSize, gamma);
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
