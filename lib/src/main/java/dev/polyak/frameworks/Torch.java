package dev.polyak.frameworks;

import static java.util.Objects.requireNonNull;

import dev.polyak.frameworks.python.PythonValue;
import java.util.List;
import java.util.Map;

/**
 * PyTorch's averages (torch.optim.swa_utils), with arguments that the compiler knows.
 *
 * <pre>{@code
 * AverageRule rule = Torch.averagedModel().multiAvgFn(Torch.getEmaMultiAvgFn(0.999)).useBuffers(true).build().rule();
 * }</pre>
 */
public final class Torch {
    private Torch() {}

    /**
     * PyTorch's AveragedModel: stochastic weight averaging, unless it is given another function.
     *
     * @return the call with its defaults
     */
    public static AveragedModel averagedModel() {
        return new AveragedModel(Rules.torch());
    }

    /**
     * {@code get_swa_avg_fn()}: equal weights, tensor by tensor.
     *
     * @return the function
     */
    public static AvgFn getSwaAvgFn() {
        return new AvgFn(call("get_swa_avg_fn"));
    }

    /**
     * {@code get_ema_avg_fn(decay)}: exponential, tensor by tensor.
     *
     * @param decay the weight on the average, 0 to 1
     * @return the function
     */
    public static AvgFn getEmaAvgFn(double decay) {
        return new AvgFn(call("get_ema_avg_fn", new PythonValue.Real(decay)));
    }

    /**
     * {@code get_swa_multi_avg_fn()}: equal weights, all tensors at once.
     *
     * @return the function
     */
    public static MultiAvgFn getSwaMultiAvgFn() {
        return new MultiAvgFn(call("get_swa_multi_avg_fn"));
    }

    /**
     * {@code get_ema_multi_avg_fn(decay)}: exponential, all tensors at once.
     *
     * @param decay the weight on the average, 0 to 1
     * @return the function
     */
    public static MultiAvgFn getEmaMultiAvgFn(double decay) {
        return new MultiAvgFn(call("get_ema_multi_avg_fn", new PythonValue.Real(decay)));
    }

    private static PythonValue call(String function, PythonValue... arguments) {
        return new PythonValue.Call(new PythonValue.Name(function), List.of(arguments), Map.of());
    }

    /** How one tensor is averaged. */
    public static final class AvgFn {
        private final PythonValue value;

        private AvgFn(PythonValue value) {
            this.value = value;
        }

        PythonValue value() {
            return value;
        }
    }

    /** How all tensors are averaged at once. */
    public static final class MultiAvgFn {
        private final PythonValue value;

        private MultiAvgFn(PythonValue value) {
            this.value = value;
        }

        PythonValue value() {
            return value;
        }
    }

    /** {@code torch.optim.swa_utils.AveragedModel}. */
    public static final class AveragedModel extends TypedCall<AveragedModel> {
        private AveragedModel(Rules.Builder call) {
            super(call);
        }

        /**
         * Gives {@code avg_fn}.
         *
         * @param function how one tensor is averaged; by default {@link Torch#getSwaAvgFn()}
         * @return the call with it
         */
        public AveragedModel avgFn(AvgFn function) {
            requireNonNull(function, "function");
            return with("avg_fn", function.value());
        }

        /**
         * Gives {@code multi_avg_fn}.
         *
         * @param function how all tensors are averaged at once, instead of one by one
         * @return the call with it
         */
        public AveragedModel multiAvgFn(MultiAvgFn function) {
            requireNonNull(function, "function");
            return with("multi_avg_fn", function.value());
        }

        /**
         * Gives {@code use_buffers}.
         *
         * @param average whether buffers are averaged; by default they are copied
         * @return the call with it
         */
        public AveragedModel useBuffers(boolean average) {
            return with("use_buffers", average);
        }

        @Override
        AveragedModel of(Rules.Builder arguments) {
            return new AveragedModel(arguments);
        }
    }
}
