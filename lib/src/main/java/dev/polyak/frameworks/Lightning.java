package dev.polyak.frameworks;

import static java.util.Objects.requireNonNull;

/**
 * Lightning's averages, with arguments that the compiler knows.
 *
 * <pre>{@code
 * AverageRule rule = Lightning.emaWeightAveraging().decay(0.999).updateEveryNSteps(10).build().rule();
 * }</pre>
 */
public final class Lightning {
    private Lightning() {}

    /**
     * Lightning's EMAWeightAveraging callback.
     *
     * @return the call with its defaults
     */
    public static EmaWeightAveraging emaWeightAveraging() {
        return new EmaWeightAveraging(Rules.lightning());
    }

    /**
     * Lightning's WeightAveraging callback: PyTorch's AveragedModel, of buffers too.
     *
     * @return the call with its defaults
     */
    public static WeightAveraging weightAveraging() {
        return new WeightAveraging(new Rules.Builder("lightning.WeightAveraging"));
    }

    /** {@code lightning.pytorch.callbacks.EMAWeightAveraging}. */
    public static final class EmaWeightAveraging extends TypedCall<EmaWeightAveraging> {
        private EmaWeightAveraging(Rules.Builder call) {
            super(call);
        }

        /**
         * Gives {@code use_buffers}.
         *
         * @param average whether buffers are averaged, which is the default; else they are copied
         * @return the call with it
         */
        public EmaWeightAveraging useBuffers(boolean average) {
            return with("use_buffers", average);
        }

        /**
         * Gives {@code decay}.
         *
         * @param decay the weight on the average, 0 to 1; by default 0.999
         * @return the call with it
         */
        public EmaWeightAveraging decay(double decay) {
            return with("decay", decay);
        }

        /**
         * Gives {@code update_every_n_steps}.
         *
         * @param steps interval between updates; by default 1, 0 for updates at the ends of epochs alone
         * @return the call with it
         */
        public EmaWeightAveraging updateEveryNSteps(long steps) {
            return with("update_every_n_steps", steps);
        }

        /**
         * Gives {@code update_starting_at_step}.
         *
         * @param step number of the first step, from 0, that may update; by default 0
         * @return the call with it
         */
        public EmaWeightAveraging updateStartingAtStep(long step) {
            return with("update_starting_at_step", step);
        }

        /**
         * Gives {@code update_starting_at_epoch}.
         *
         * @param epoch number of the first epoch, from 0, at whose end there is an update; by default none
         * @return the call with it
         */
        public EmaWeightAveraging updateStartingAtEpoch(long epoch) {
            return with("update_starting_at_epoch", epoch);
        }

        @Override
        EmaWeightAveraging of(Rules.Builder arguments) {
            return new EmaWeightAveraging(arguments);
        }
    }

    /** {@code lightning.pytorch.callbacks.WeightAveraging}. */
    public static final class WeightAveraging extends TypedCall<WeightAveraging> {
        private WeightAveraging(Rules.Builder call) {
            super(call);
        }

        /**
         * Gives {@code use_buffers}.
         *
         * @param average whether buffers are averaged, which is the default; else they are copied
         * @return the call with it
         */
        public WeightAveraging useBuffers(boolean average) {
            return with("use_buffers", average);
        }

        /**
         * Gives {@code avg_fn}.
         *
         * @param function how one tensor is averaged; by default {@link Torch#getSwaAvgFn()}
         * @return the call with it
         */
        public WeightAveraging avgFn(Torch.AvgFn function) {
            requireNonNull(function, "function");
            return with("avg_fn", function.value());
        }

        /**
         * Gives {@code multi_avg_fn}.
         *
         * @param function how all tensors are averaged at once, instead of one by one
         * @return the call with it
         */
        public WeightAveraging multiAvgFn(Torch.MultiAvgFn function) {
            requireNonNull(function, "function");
            return with("multi_avg_fn", function.value());
        }

        @Override
        WeightAveraging of(Rules.Builder arguments) {
            return new WeightAveraging(arguments);
        }
    }
}
