package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.frameworks.python.PythonValue.Call;
import dev.polyak.frameworks.python.PythonValue.Method;
import dev.polyak.frameworks.python.PythonValue.Name;
import dev.polyak.rule.AverageRule;
import dev.polyak.tensor.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Finds the rule that a call stands for. */
final class CallReader {
    private final String text;
    private final TrainingFacts training;

    CallReader(String text, TrainingFacts training) {
        this.text = text;
        this.training = training;
    }

    FrameworkAverages read(PythonValue statement) {
        if (!(statement instanceof Call call)) {
            throw new IllegalArgumentException(
                    "«" + text + "» is no call; write it as the training script does, such as "
                            + "timm.ModelEmaV3(model, decay=0.9999)");
        }
        if (call.function() instanceof Method update && update.target() instanceof Call constructor) {
            if (update.name().equals("add_")
                    && constructor.function() instanceof Name name
                    && name.name().endsWith(".mul_")) {
                return operation(TorchOperation.multiplyAndAdd(constructor, call), call);
            }
            return averages(
                    constructor, Optional.of(new Call(new Name(update.name()), call.positional(), call.keywords())));
        }
        return averages(call, Optional.empty());
    }

    private FrameworkAverages averages(Call call, Optional<Call> update) {
        if (!(call.function() instanceof Name function)) {
            throw new IllegalArgumentException("«" + text + "» calls neither a class nor a function that is known");
        }
        if (function.name().endsWith(".lerp_")) {
            return operation(TorchOperation.lerp(call), call);
        }
        if (function.name().equals("dict") && call.keywords().get("type") instanceof PythonValue.Text type) {
            Map<String, PythonValue> others = new HashMap<>(call.keywords());
            others.remove("type");
            return averages(new Call(new Name(type.value()), call.positional(), others), update);
        }
        Frameworks.Entry entry = Frameworks.find(function.name());
        Arguments arguments = new Arguments(entry.name(), call.positional(), call.keywords());
        List<Frameworks.Named> rules = entry.make(arguments, update, training);
        Optional<Synthesis> synthesis = entry.name().equals("PostHocEMA")
                ? update.filter(next -> next.function().equals(new Name("synthesize_ema_model")))
                        .map(next -> Synthesis.of(call, next))
                : Optional.empty();
        return averages(rules, Optional.empty(), synthesis);
    }

    private FrameworkAverages averages(
            List<Frameworks.Named> named, Optional<DType> dtype, Optional<Synthesis> synthesis) {
        List<FrameworkRule> rules = IntStream.range(0, named.size())
                .mapToObj(i -> new FrameworkRule(text, i, training, named.get(i).rule()))
                .toList();
        List<String> suffixes = named.stream().map(Frameworks.Named::suffix).toList();
        return new FrameworkAverages(text, rules, suffixes, dtype, synthesis);
    }

    private FrameworkAverages operation(AverageRule rule, Call call) {
        boolean widened = call.positional().stream().anyMatch(CallReader::isWidened);
        return averages(
                List.of(new Frameworks.Named("", EveryNthStep.every(rule, training.every()))),
                widened ? Optional.of(DType.F32) : Optional.empty(),
                Optional.empty());
    }

    /** Whether a value is {@code p.float()}: a source that is widened before it is mixed in. */
    private static boolean isWidened(PythonValue value) {
        return value instanceof Call call
                && call.function() instanceof Name name
                && name.name().endsWith(".float");
    }
}
