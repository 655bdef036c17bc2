package dev.polyak.frameworks;

import static java.util.Objects.requireNonNull;

import dev.polyak.frameworks.python.PythonParser;
import dev.polyak.frameworks.python.PythonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of other systems.
 *
 * <p>Each is given as the call that a training script makes, with that framework's own argument names, defaults and
 * conditions: {@code Rules.parse("timm.ModelEmaV3(model, decay=0.9999, use_warmup=True)")}. In Java the same is
 * {@code Rules.timmV3().with("decay", 0.9999).with("use_warmup", true)}; for the frameworks that are used most,
 * {@link Timm}, {@link Torch}, {@link Diffusers}, {@link Lightning} and {@link EmaPytorch} have the arguments as
 * methods that the compiler knows.
 */
public final class Rules {
    private Rules() {}

    /**
     * Reads a call as it stands in a training script. Nothing of it is executed.
     *
     * @param text the call, such as {@code EMAHook(begin_iter=5, momentum=0.1)}; the framework's prefix
     *     ({@code mmengine.}, {@code timm.}, …) is needed only where a name is ambiguous
     * @param training what the rule has to know beyond its arguments
     * @return the rule, or the rules if the call makes several averages
     * @throws IllegalArgumentException if the text cannot be read, names no rule, or has arguments that the framework
     *     would refuse; the message says which, and lists the right ones
     */
    public static FrameworkAverages parse(String text, TrainingFacts training) {
        requireNonNull(text, "text");
        requireNonNull(training, "training");
        return new CallReader(text, training).read(PythonParser.parse(text));
    }

    /**
     * Reads a call as it stands in a training script, for a training of which nothing more is known.
     *
     * @param text the call
     * @return the rule, or the rules if the call makes several averages
     * @throws IllegalArgumentException as {@link #parse(String, TrainingFacts)} does
     */
    public static FrameworkAverages parse(String text) {
        requireNonNull(text, "text");
        return parse(text, TrainingFacts.UNKNOWN);
    }

    /**
     * The calls that can be read.
     *
     * @return their names with their frameworks' prefixes, in order
     */
    public static List<String> names() {
        return Frameworks.names();
    }

    /**
     * timm's ModelEma: e · decay + (1 − decay) · p for everything, integers truncated.
     *
     * @return the call with its defaults
     */
    public static Builder timm() {
        return new Builder("timm.ModelEma");
    }

    /**
     * timm's ModelEmaV2: as ModelEma.
     *
     * @return the call with its defaults
     */
    public static Builder timmV2() {
        return new Builder("timm.ModelEmaV2");
    }

    /**
     * timm's ModelEmaV3, told of the step: a lerp, with a warmup if wanted.
     *
     * @return the call with its defaults
     */
    public static Builder timmV3() {
        return new Builder("timm.ModelEmaV3");
    }

    /**
     * mmengine's ExponentialMovingAverage.
     *
     * @return the call with its defaults
     */
    public static Builder mmengine() {
        return new Builder("mmengine.ExponentialMovingAverage");
    }

    /**
     * mmengine's MomentumAnnealingEMA.
     *
     * @return the call with its defaults
     */
    public static Builder mmengineAnnealing() {
        return new Builder("mmengine.MomentumAnnealingEMA");
    }

    /**
     * mmengine's StochasticWeightAverage.
     *
     * @return the call with its defaults
     */
    public static Builder mmengineSwa() {
        return new Builder("mmengine.StochasticWeightAverage");
    }

    /**
     * mmengine's EMAHook.
     *
     * @return the call with its defaults
     */
    public static Builder mmengineHook() {
        return new Builder("mmengine.EMAHook");
    }

    /**
     * Composer's EMA algorithm.
     *
     * @return the call with its defaults
     */
    public static Builder composer() {
        return new Builder("composer.EMA");
    }

    /**
     * Ignite's EMAHandler.
     *
     * @return the call with its defaults
     */
    public static Builder ignite() {
        return new Builder("ignite.EMAHandler");
    }

    /**
     * PyTorch's AveragedModel: stochastic weight averaging, unless it is given another function.
     *
     * @return the call with its defaults
     */
    public static Builder torch() {
        return new Builder("torch.optim.swa_utils.AveragedModel");
    }

    /**
     * diffusers' EMAModel.
     *
     * @return the call with its defaults
     */
    public static Builder diffusers() {
        return new Builder("diffusers.EMAModel");
    }

    /**
     * ema-pytorch's EMA.
     *
     * @return the call with its defaults
     */
    public static Builder emaPytorch() {
        return new Builder("ema_pytorch.EMA");
    }

    /**
     * ema-pytorch's KarrasEMA; needs {@code sigma_rel} or {@code gamma}.
     *
     * @return the call with its defaults
     */
    public static Builder emaPytorchKarras() {
        return new Builder("ema_pytorch.KarrasEMA");
    }

    /**
     * edm2's PowerFunctionEMA (Karras et al. 2024, "Analyzing and Improving the Training Dynamics of Diffusion
     * Models").
     *
     * @return the call with its defaults: two averages
     */
    public static Builder edm2() {
        return new Builder("edm2.PowerFunctionEMA");
    }

    /**
     * edm2's TraditionalEMA.
     *
     * @return the call with its defaults
     */
    public static Builder edm2Traditional() {
        return new Builder("edm2.TraditionalEMA");
    }

    /**
     * TensorFlow's tf.train.ExponentialMovingAverage; needs {@code decay}.
     *
     * @return the call with its defaults
     */
    public static Builder tensorFlow() {
        return new Builder("tf.train.ExponentialMovingAverage");
    }

    /**
     * optax's ema; needs {@code decay}.
     *
     * @return the call with its defaults
     */
    public static Builder optax() {
        return new Builder("optax.ema");
    }

    /**
     * optax's incremental_update; needs {@code step_size}.
     *
     * @return the call with its defaults
     */
    public static Builder optaxIncremental() {
        return new Builder("optax.incremental_update");
    }

    /**
     * Lightning's EMAWeightAveraging callback.
     *
     * @return the call with its defaults
     */
    public static Builder lightning() {
        return new Builder("lightning.EMAWeightAveraging");
    }

    /**
     * NeMo's EMA callback; needs {@code decay}.
     *
     * @return the call with its defaults
     */
    public static Builder nemo() {
        return new Builder("nemo.EMA");
    }

    /** A call of which the arguments are given in Java, under the framework's own names. Immutable. */
    public static final class Builder {
        private final String name;
        private final Map<String, PythonValue> arguments;
        private final TrainingFacts training;

        Builder(String name) {
            this(name, Map.of(), TrainingFacts.UNKNOWN);
        }

        private Builder(String name, Map<String, PythonValue> arguments, TrainingFacts training) {
            this.name = name;
            this.arguments = arguments;
            this.training = training;
        }

        /**
         * Gives a number.
         *
         * @param argument the framework's own name of it
         * @param value the number
         * @return a builder with it
         */
        public Builder with(String argument, double value) {
            requireNonNull(argument, "argument");
            return with(argument, new PythonValue.Real(value));
        }

        /**
         * Gives a whole number.
         *
         * @param argument the framework's own name of it
         * @param value the number
         * @return a builder with it
         */
        public Builder with(String argument, long value) {
            requireNonNull(argument, "argument");
            return with(argument, new PythonValue.Int(value));
        }

        /**
         * Gives True or False.
         *
         * @param argument the framework's own name of it
         * @param value the truth
         * @return a builder with it
         */
        public Builder with(String argument, boolean value) {
            requireNonNull(argument, "argument");
            return with(argument, new PythonValue.Bool(value));
        }

        /**
         * Gives a string.
         *
         * @param argument the framework's own name of it
         * @param value the string
         * @return a builder with it
         */
        public Builder with(String argument, String value) {
            requireNonNull(argument, "argument");
            requireNonNull(value, "value");
            return with(argument, new PythonValue.Text(value));
        }

        /**
         * Gives None, where that is not the default.
         *
         * @param argument the framework's own name of it
         * @return a builder with it
         */
        public Builder withNone(String argument) {
            requireNonNull(argument, "argument");
            return with(argument, new PythonValue.None());
        }

        /**
         * Says what the rule has to know beyond its arguments.
         *
         * @param known about the training
         * @return a builder with it
         */
        public Builder in(TrainingFacts known) {
            requireNonNull(known, "known");
            return new Builder(name, arguments, known);
        }

        /**
         * The rule.
         *
         * @return the rule, or the rules if the call makes several averages
         * @throws IllegalArgumentException if the framework would refuse an argument
         */
        public FrameworkAverages build() {
            return Rules.parse(toString(), training);
        }

        /** The call in Python. */
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(name).append('(');
            String separator = "";
            for (Map.Entry<String, PythonValue> argument : arguments.entrySet()) {
                text.append(separator).append(argument.getKey()).append('=').append(argument.getValue());
                separator = ", ";
            }
            return text.append(')').toString();
        }

        Builder with(String argument, PythonValue value) {
            Map<String, PythonValue> more = new LinkedHashMap<>(arguments);
            more.put(argument, value);
            return new Builder(name, more, training);
        }
    }
}
