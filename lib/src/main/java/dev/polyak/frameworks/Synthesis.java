package dev.polyak.frameworks;

import static java.util.Objects.requireNonNull;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.frameworks.python.PythonValue.Call;
import dev.polyak.frameworks.python.PythonValue.Name;
import dev.polyak.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * ema-pytorch's {@code PostHocEMA(…).synthesize_ema_model(…)}: the averages are stored every so many calls, and what is
 * stored is combined into another average.
 *
 * @param gamma exponent of the wanted profile
 * @param step the call after which it is wanted; empty for the last at which the averages were stored
 * @param storedEvery calls between storing, at least 1
 * @param storedAs the type to which the averages are rounded then
 */
public record Synthesis(double gamma, Optional<Long> step, long storedEvery, DType storedAs) {
    /**
     * Refuses nulls.
     *
     * @param gamma exponent of the wanted profile
     * @param step the call after which it is wanted; empty for the last at which the averages were stored
     * @param storedEvery calls between storing, at least 1
     * @param storedAs the type to which the averages are rounded then
     */
    public Synthesis {
        requireNonNull(step, "step");
        requireNonNull(storedAs, "storedAs");
    }

    /** Reads it from the two calls. */
    static Synthesis of(Call constructor, Call method) {
        Arguments stored = new Arguments("PostHocEMA", constructor.positional(), constructor.keywords());
        List.of("model", "ema_model", "sigma_rels", "gammas").forEach(stored::skip);
        long every = stored.interval("checkpoint_every_num_steps", 1000);
        stored.skip("checkpoint_folder");
        DType type = stored.any("checkpoint_dtype")
                .map(value -> storable(value, stored))
                .orElse(DType.F16);

        Arguments wanted = new Arguments(".synthesize_ema_model", method.positional(), method.keywords());
        Optional<Double> gamma = wanted.optionalNumber("gamma");
        Optional<Double> sigma = wanted.optionalNumber("sigma_rel");
        Optional<Long> step = wanted.optionalInteger("step");
        wanted.finish();
        if (gamma.isPresent() == sigma.isPresent()) {
            throw new IllegalArgumentException("synthesize_ema_model: either gamma or sigma_rel is given");
        }
        return new Synthesis(gamma.or(() -> sigma.map(PowerFunction::gamma)).get(), step, every, type);
    }

    private static DType storable(PythonValue value, Arguments arguments) {
        String name =
                value instanceof Name type ? type.name().substring(type.name().lastIndexOf('.') + 1) : "";
        return switch (name) {
            case "float16", "half" -> DType.F16;
            case "bfloat16" -> DType.BF16;
            case "float32", "float" -> DType.F32;
            case "float64", "double" -> DType.F64;
            default ->
                throw arguments.wrong(
                        "checkpoint_dtype", "torch.float16, torch.bfloat16, torch.float32 or torch.float64", value);
        };
    }
}
