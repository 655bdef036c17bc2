package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.frameworks.FrameworkRule;
import dev.polyak.frameworks.Rules;
import dev.polyak.frameworks.python.PythonParser;
import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.AverageRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * The arguments of diffusers' EMAModel that its state keeps. Whether it uses {@code foreach} is not among them.
 *
 * @param decay the largest decay
 * @param minDecay the smallest decay, once averaging has begun
 * @param updateAfterStep the last step of decay 0, less one
 * @param warmup whether the decay is 1 − (1 + step/invGamma)^−power
 * @param invGamma inverse multiplicative factor of the warmup
 * @param power exponent of the warmup
 */
record DiffusersArguments(
        double decay, double minDecay, long updateAfterStep, boolean warmup, double invGamma, double power) {
    /** EMAModel's defaults. */
    static final DiffusersArguments DEFAULTS = new DiffusersArguments(0.9999, 0, 0, false, 1, 2 / 3.0);

    private static final List<String> POSITIONAL =
            List.of("parameters", "decay", "min_decay", "update_after_step", "use_ema_warmup", "inv_gamma", "power");

    /**
     * The arguments of a rule.
     *
     * @return empty if it is not EMAModel's, or one of them is no finite number, which the state cannot keep
     */
    static Optional<DiffusersArguments> of(AverageRule rule) {
        if (rule instanceof FrameworkRule framework
                && PythonParser.parse(framework.text()) instanceof PythonValue.Call call) {
            DiffusersArguments arguments = of(constructor(call));
            if (arguments.isFinite() && arguments.make(framework)) {
                return Optional.of(arguments);
            }
        }
        return Optional.empty();
    }

    /** The call with these arguments. */
    String call() {
        return "diffusers.EMAModel(model.parameters(), decay=" + decay + ", min_decay=" + minDecay
                + ", update_after_step="
                + updateAfterStep + ", use_ema_warmup=" + (warmup ? "True" : "False") + ", inv_gamma=" + invGamma
                + ", power=" + power + ")";
    }

    private boolean isFinite() {
        return DoubleStream.of(decay, minDecay, invGamma, power).allMatch(Double::isFinite);
    }

    /**
     * Whether these arguments make a rule, up to {@code foreach}: what was read in its call may mean something else.
     */
    private boolean make(FrameworkRule rule) {
        String call = call();
        return List.of(call, call.substring(0, call.length() - 1) + ", foreach=True)").stream()
                .anyMatch(
                        text -> Rules.parse(text, rule.training()).rule().rule().equals(rule.rule()));
    }

    private static DiffusersArguments of(PythonValue.Call call) {
        PythonValue parameters = argument(call, "parameters", new PythonValue.None());
        // The deprecated names come last and win; a module in place of its parameters switches the warmup on.
        double decay = number(call, "max_value", number(call, "decay", DEFAULTS.decay));
        double minDecay = number(call, "min_value", number(call, "min_decay", DEFAULTS.minDecay));
        return new DiffusersArguments(
                decay,
                minDecay,
                (long) number(call, "update_after_step", (double) DEFAULTS.updateAfterStep),
                parameters instanceof PythonValue.Name
                        || argument(call, "use_ema_warmup", new PythonValue.Bool(false))
                                .equals(new PythonValue.Bool(true)),
                number(call, "inv_gamma", DEFAULTS.invGamma),
                number(call, "power", DEFAULTS.power));
    }

    /** The constructor's call, without a call of one of its methods after it. */
    private static PythonValue.Call constructor(PythonValue.Call call) {
        return call.function() instanceof PythonValue.Method method && method.target() instanceof PythonValue.Call made
                ? made
                : call;
    }

    private static double number(PythonValue.Call call, String name, double otherwise) {
        PythonValue value = argument(call, name, new PythonValue.None());
        if (value instanceof PythonValue.Int number) {
            return number.value();
        }
        return value instanceof PythonValue.Real number ? number.value() : otherwise;
    }

    private static PythonValue argument(PythonValue.Call call, String name, PythonValue otherwise) {
        Map<String, PythonValue> keywords = call.keywords();
        int position = POSITIONAL.indexOf(name);
        if (!keywords.containsKey(name)
                && position >= 0
                && position < call.positional().size()) {
            return call.positional().get(position);
        }
        return keywords.getOrDefault(name, otherwise);
    }
}
