package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue.Call;
import dev.polyak.rule.AverageRule;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The calls that are known, and the prefixes under which their frameworks have them. */
final class Frameworks {
    /** One average that a call makes, and what tells it apart in file names. */
    record Named(String suffix, AverageRule rule) {}

    /** Makes the rules of a call, and refuses arguments that the framework would refuse. */
    interface Maker {
        List<Named> make(Arguments arguments, Optional<Call> update, TrainingFacts training);
    }

    /** Makes the one rule of a call that is told of every step. */
    interface SingleMaker {
        AverageRule make(Arguments arguments, Optional<Call> update, TrainingFacts training);
    }

    /**
     * A call that is known.
     *
     * @param prefixes the packages from which it can be imported, the shortest first
     */
    record Entry(List<String> prefixes, String name, Maker maker) {
        List<Named> make(Arguments arguments, Optional<Call> update, TrainingFacts training) {
            return maker.make(arguments, update, training);
        }

        String fullName() {
            return prefixes.get(0) + "." + name;
        }
    }

    private static final List<String> TIMM = List.of("timm", "timm.utils", "timm.utils.model_ema");
    private static final List<String> MMENGINE = List.of(
            "mmengine", "mmengine.model", "mmengine.model.averaged_model", "mmengine.hooks", "mmengine.hooks.ema_hook");
    private static final List<String> COMPOSER =
            List.of("composer", "composer.algorithms", "composer.algorithms.ema", "composer.functional", "cf");
    private static final List<String> IGNITE = List.of("ignite", "ignite.handlers", "ignite.handlers.ema_handler");
    private static final List<String> TORCH = List.of("torch.optim.swa_utils", "torch", "torch.optim", "swa_utils");
    private static final List<String> DIFFUSERS = List.of("diffusers", "diffusers.training_utils");
    private static final List<String> EMA_PYTORCH =
            List.of("ema_pytorch", "ema_pytorch.ema_pytorch", "ema_pytorch.post_hoc_ema");
    private static final List<String> EDM2 = List.of("edm2", "edm2.training.phema", "training.phema", "phema");
    private static final List<String> TENSORFLOW =
            List.of("tf.train", "tf", "tensorflow.train", "tensorflow", "tf.compat.v1.train");
    private static final List<String> OPTAX = List.of("optax");
    private static final List<String> LIGHTNING = List.of(
            "lightning",
            "lightning.pytorch.callbacks",
            "pytorch_lightning.callbacks",
            "lightning.callbacks",
            "pl.callbacks");
    private static final List<String> NEMO = List.of("nemo", "nemo.collections.common.callbacks");

    private static final List<Entry> ENTRIES = List.of(
            single(TIMM, "ModelEma", TimmModelEma::first),
            single(TIMM, "ModelEmaV2", TimmModelEma::second),
            single(TIMM, "ModelEmaV3", TimmModelEmaV3::of),
            single(MMENGINE, "ExponentialMovingAverage", MmengineAverage::exponential),
            single(MMENGINE, "MomentumAnnealingEMA", MmengineAverage::annealing),
            single(MMENGINE, "StochasticWeightAverage", MmengineAverage::stochastic),
            single(MMENGINE, "EMAHook", MmengineHook::of),
            single(COMPOSER, "EMA", ComposerEma::of),
            single(COMPOSER, "compute_ema", ComposerEma::function),
            new Entry(
                    IGNITE,
                    "EMAHandler",
                    (arguments, update, training) -> alone(IgniteHandler.of(arguments, training))),
            single(TORCH, "AveragedModel", TorchAveragedModel::of),
            single(DIFFUSERS, "EMAModel", DiffusersEmaModel::of),
            single(EMA_PYTORCH, "EMA", EmaPytorchAverage::of),
            single(EMA_PYTORCH, "KarrasEMA", EmaPytorchKarras::of),
            new Entry(EMA_PYTORCH, "PostHocEMA", EmaPytorchKarras::several),
            new Entry(EDM2, "PowerFunctionEMA", Edm2PowerFunction::of),
            single(EDM2, "TraditionalEMA", Edm2Traditional::of),
            single(TENSORFLOW, "ExponentialMovingAverage", TensorFlowAverage::of),
            single(OPTAX, "ema", OptaxAverage::ema),
            single(OPTAX, "incremental_update", OptaxAverage::incremental),
            single(LIGHTNING, "EMAWeightAveraging", LightningEma::of),
            single(LIGHTNING, "WeightAveraging", TorchAveragedModel::lightning),
            single(NEMO, "EMA", NemoEma::of));

    private Frameworks() {}

    static List<String> names() {
        return ENTRIES.stream().map(Entry::fullName).toList();
    }

    /** Finds a call by its name with or without a prefix. */
    static Entry find(String dotted) {
        int dot = dotted.lastIndexOf('.');
        String prefix = dot < 0 ? "" : dotted.substring(0, dot);
        String name = dotted.substring(dot + 1);
        List<Entry> named =
                ENTRIES.stream().filter(entry -> entry.name().equals(name)).toList();
        if (named.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no rule '" + dotted + "'; there are " + String.join(", ", names()));
        }
        List<Entry> matching = prefix.isEmpty()
                ? named
                : named.stream()
                        .filter(entry -> entry.prefixes().contains(prefix))
                        .toList();
        if (matching.isEmpty()) {
            throw new IllegalArgumentException("there is no rule '" + dotted + "'; write "
                    + named.stream().map(Entry::fullName).collect(Collectors.joining(" or ")));
        }
        if (matching.size() > 1) {
            throw new IllegalArgumentException("'" + dotted + "' is in several systems; write "
                    + matching.stream().map(Entry::fullName).collect(Collectors.joining(" or ")));
        }
        return matching.get(0);
    }

    private static Entry single(List<String> prefixes, String name, SingleMaker maker) {
        return new Entry(
                prefixes,
                name,
                (arguments, update, training) ->
                        alone(EveryNthStep.every(maker.make(arguments, update, training), training.every())));
    }

    private static List<Named> alone(AverageRule rule) {
        return List.of(new Named("", rule));
    }
}
