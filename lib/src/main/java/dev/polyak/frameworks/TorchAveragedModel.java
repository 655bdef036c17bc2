package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * PyTorch's AveragedModel (torch/optim/swa_utils.py): the first call copies, each later one averages by a function: of
 * equal weights, or exponential, for one tensor or for many at once.
 *
 * @param function which function
 * @param decay the weight on the average, for the exponential ones
 * @param held what becomes of the tensors
 */
record TorchAveragedModel(Function function, double decay, TensorScope held) implements AverageRule {

    /** What avg_fn or multi_avg_fn does. */
    enum Function {
        /** {@code averaged + (current - averaged) / (num_averaged + 1)}. */
        SWA(UpdateFormula.MEAN),
        /** {@code _foreach_lerp_} with the weight in binary32: a tensor's division gave it. */
        MULTI_SWA(UpdateFormula.LERP),
        /** {@code decay * averaged + (1 - decay) * current}. */
        EMA(UpdateFormula.BLEND),
        /** {@code _foreach_lerp_}. */
        MULTI_EMA(UpdateFormula.LERP);

        private final UpdateFormula formula;

        Function(UpdateFormula formula) {
            this.formula = formula;
        }
    }

    static AverageRule of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("model");
        arguments.skip("device");
        Optional<PythonValue> single = arguments.any("avg_fn");
        Optional<PythonValue> multi = arguments.any("multi_avg_fn");
        return of(arguments, single, multi, arguments.truth("use_buffers", false));
    }

    /** Lightning's WeightAveraging, which hands its keywords on and averages buffers by default. */
    static AverageRule lightning(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("device");
        boolean buffers = arguments.truth("use_buffers", true);
        arguments.keywordsOnly();
        return of(arguments, arguments.any("avg_fn"), arguments.any("multi_avg_fn"), buffers);
    }

    private static AverageRule of(
            Arguments arguments, Optional<PythonValue> single, Optional<PythonValue> multi, boolean useBuffers) {
        TensorScope held = useBuffers ? TensorScope.EVERYTHING : TensorScope.PARAMETERS_AND_COPIED_BUFFERS;
        arguments.finish();
        if (single.isPresent() && multi.isPresent()) {
            throw new IllegalArgumentException("Only one of avg_fn and multi_avg_fn should be provided");
        }
        if (single.isPresent()) {
            return function(
                    single.get(), "avg_fn", "get_swa_avg_fn", Function.SWA, "get_ema_avg_fn", Function.EMA, held);
        }
        return multi.map(function -> function(
                        function,
                        "multi_avg_fn",
                        "get_swa_multi_avg_fn",
                        Function.MULTI_SWA,
                        "get_ema_multi_avg_fn",
                        Function.MULTI_EMA,
                        held))
                .orElseGet(() -> new TorchAveragedModel(Function.SWA, 0, held));
    }

    private static AverageRule function(
            PythonValue value,
            String parameter,
            String equal,
            Function swa,
            String exponential,
            Function ema,
            TensorScope held) {
        if (value instanceof PythonValue.Call call && call.function() instanceof PythonValue.Name name) {
            String function = name.name().substring(name.name().lastIndexOf('.') + 1);
            Arguments arguments = new Arguments(function, call.positional(), call.keywords());
            if (function.equals(equal)) {
                arguments.finish();
                return new TorchAveragedModel(swa, 0, held);
            }
            if (function.equals(exponential)) {
                double decay = arguments.number("decay", 0.999);
                arguments.finish();
                if (decay < 0 || decay > 1) {
                    throw new IllegalArgumentException(
                            "Invalid decay value " + decay + " provided. Please provide a value in [0,1] range.");
                }
                return new TorchAveragedModel(ema, decay, held);
            }
        }
        throw new IllegalArgumentException(
                "AveragedModel: " + parameter + " must be " + equal + "() or " + exponential + "(decay), not " + value);
    }

    @Override
    public Call call(long number) {
        return number == 1 ? Call.COPY : Call.UPDATE;
    }

    @Override
    public double weight(long number) {
        return switch (function) {
            case SWA -> 1.0 / number;
            case MULTI_SWA -> 1f / number;
            case EMA, MULTI_EMA -> 1 - decay;
        };
    }

    @Override
    public double decay(long number) {
        return function == Function.EMA || function == Function.MULTI_EMA ? decay : 1 - weight(number);
    }

    @Override
    public double divisor(long number) {
        return number; // n_averaged is one less
    }

    @Override
    public UpdateFormula formula() {
        return function.formula;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        Treatment treatment = held.treatment(tensor);
        if (treatment == Treatment.TRUNCATE && function == Function.MULTI_SWA) {
            throw new IllegalArgumentException("get_swa_multi_avg_fn() cannot average the integers of '" + tensor.name()
                    + "': PyTorch refuses it too; use get_swa_avg_fn(), or use_buffers=False");
        }
        return treatment;
    }
}
