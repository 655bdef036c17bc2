package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.internal.math.Power;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * ema-pytorch's KarrasEMA (ema_pytorch/post_hoc_ema.py): a power function of the number of calls, those that do nothing
 * included. The first call copies and updates at once.
 *
 * @param gamma the exponent
 * @param updateEvery interval between calls that do something
 * @param frozen whether nothing but the first copy is done
 * @param names the exceptions by name
 */
record EmaPytorchKarras(double gamma, long updateEvery, boolean frozen, IgnoredNames names) implements PowerProfile {

    static AverageRule of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("model");
        Optional<Double> sigma = arguments.optionalNumber("sigma_rel");
        Optional<Double> gamma = arguments.optionalNumber("gamma");
        if (sigma.isPresent() == gamma.isPresent()) {
            throw new IllegalArgumentException("KarrasEMA: either sigma_rel or gamma is given");
        }
        AverageRule rule = rule(sigma.map(PowerFunction::gamma).or(() -> gamma).get(), arguments);
        arguments.finish();
        return rule;
    }

    /** The averages of a PostHocEMA; its snapshots are another matter. */
    static List<Frameworks.Named> several(
            Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("model");
        arguments.skip("ema_model");
        Optional<List<Double>> sigmas = arguments.optionalNumbers("sigma_rels");
        Optional<List<Double>> gammas = arguments.optionalNumbers("gammas");
        arguments.skip("checkpoint_every_num_steps");
        arguments.skip("checkpoint_folder");
        arguments.skip("checkpoint_dtype");
        arguments.keywordsOnly();
        if (sigmas.isPresent() == gammas.isPresent()) {
            throw new IllegalArgumentException("PostHocEMA: either sigma_rels or gammas is given");
        }
        List<Double> exponents = sigmas.map(
                        list -> list.stream().map(PowerFunction::gamma).toList())
                .or(() -> gammas)
                .get();
        if (exponents.size() < 2) {
            throw new IllegalArgumentException(
                    "PostHocEMA: at least 2 averages with different gammas are needed to make others");
        }
        if (new HashSet<>(exponents).size() < exponents.size()) {
            throw new IllegalArgumentException("PostHocEMA: the gammas must all be different");
        }
        AverageRule first = rule(exponents.get(0), arguments);
        arguments.finish();
        List<Frameworks.Named> averages = new ArrayList<>();
        for (double gamma : exponents) {
            EmaPytorchKarras like = (EmaPytorchKarras) first;
            averages.add(new Frameworks.Named(
                    String.format(Locale.ROOT, "-%.3f", PowerFunction.sigma(gamma)),
                    EveryNthStep.every(
                            new EmaPytorchKarras(gamma, like.updateEvery, like.frozen, like.names), training.every())));
        }
        return averages;
    }

    private static AverageRule rule(double gamma, Arguments arguments) {
        arguments.skip("ema_model");
        long updateEvery = arguments.interval("update_every", 100);
        boolean frozen = arguments.truth("frozen", false);
        IgnoredNames names = new IgnoredNames(
                arguments.names("param_or_buffer_names_no_ema"),
                arguments.names("ignore_names"),
                arguments.names("ignore_startswith_names"));
        arguments.skip("allow_different_devices");
        arguments.skip("move_ema_to_online_device");
        return new EmaPytorchKarras(gamma, updateEvery, frozen, names);
    }

    @Override
    public Call call(long number) {
        if ((number - 1) % updateEvery != 0) {
            return Call.HOLD;
        }
        if (frozen) {
            return number == 1 ? Call.COPY : Call.HOLD;
        }
        return number == 1 ? Call.COPY_THEN_UPDATE : Call.UPDATE;
    }

    @Override
    public double weight(long number) {
        return 1 - decay(number);
    }

    @Override
    public double decay(long number) {
        return Power.of(1 - 1 / (number + 1.0), 1 + gamma);
    }

    /** At the time that {@link #decay} has counted to. */
    @Override
    public PostHoc.Snapshot snapshot(long calls) {
        return new PostHoc.Snapshot(calls + 1.0, gamma);
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
