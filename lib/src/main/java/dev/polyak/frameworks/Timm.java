package dev.polyak.frameworks;

/**
 * timm's averages, with arguments that the compiler knows.
 *
 * <pre>{@code
 * AverageRule rule = Timm.modelEmaV3().decay(0.9999).useWarmup(true).build().rule();
 * }</pre>
 */
public final class Timm {
    private Timm() {}

    /**
     * timm's ModelEma: e · decay + (1 − decay) · p for everything, integers truncated.
     *
     * @return the call with its defaults
     */
    public static ModelEma modelEma() {
        return new ModelEma(Rules.timm());
    }

    /**
     * timm's ModelEmaV2: as ModelEma.
     *
     * @return the call with its defaults
     */
    public static ModelEmaV2 modelEmaV2() {
        return new ModelEmaV2(Rules.timmV2());
    }

    /**
     * timm's ModelEmaV3, told of the step: a lerp, with a warmup if wanted.
     *
     * @return the call with its defaults
     */
    public static ModelEmaV3 modelEmaV3() {
        return new ModelEmaV3(Rules.timmV3());
    }

    /** {@code timm.utils.ModelEma}. */
    public static final class ModelEma extends TypedCall<ModelEma> {
        private ModelEma(Rules.Builder call) {
            super(call);
        }

        /**
         * Gives {@code decay}.
         *
         * @param decay the weight on the average; by default 0.9999
         * @return the call with it
         */
        public ModelEma decay(double decay) {
            return with("decay", decay);
        }

        @Override
        ModelEma of(Rules.Builder arguments) {
            return new ModelEma(arguments);
        }
    }

    /** {@code timm.utils.ModelEmaV2}. */
    public static final class ModelEmaV2 extends TypedCall<ModelEmaV2> {
        private ModelEmaV2(Rules.Builder call) {
            super(call);
        }

        /**
         * Gives {@code decay}.
         *
         * @param decay the weight on the average; by default 0.9999
         * @return the call with it
         */
        public ModelEmaV2 decay(double decay) {
            return with("decay", decay);
        }

        @Override
        ModelEmaV2 of(Rules.Builder arguments) {
            return new ModelEmaV2(arguments);
        }
    }

    /** {@code timm.utils.ModelEmaV3}. */
    public static final class ModelEmaV3 extends TypedCall<ModelEmaV3> {
        private ModelEmaV3(Rules.Builder call) {
            super(call);
        }

        /**
         * Gives {@code decay}.
         *
         * @param decay the largest weight on the average; by default 0.9999
         * @return the call with it
         */
        public ModelEmaV3 decay(double decay) {
            return with("decay", decay);
        }

        /**
         * Gives {@code min_decay}.
         *
         * @param decay the smallest decay of the warmup; by default 0
         * @return the call with it
         */
        public ModelEmaV3 minDecay(double decay) {
            return with("min_decay", decay);
        }

        /**
         * Gives {@code update_after_step}.
         *
         * @param step the last step that copies; by default 0
         * @return the call with it
         */
        public ModelEmaV3 updateAfterStep(long step) {
            return with("update_after_step", step);
        }

        /**
         * Gives {@code use_warmup}.
         *
         * @param warmup whether the decay is 1 − (1 + step/gamma)^−power at first; by default not
         * @return the call with it
         */
        public ModelEmaV3 useWarmup(boolean warmup) {
            return with("use_warmup", warmup);
        }

        /**
         * Gives {@code warmup_gamma}.
         *
         * @param gamma inverse multiplicative factor of the warmup; by default 1
         * @return the call with it
         */
        public ModelEmaV3 warmupGamma(double gamma) {
            return with("warmup_gamma", gamma);
        }

        /**
         * Gives {@code warmup_power}.
         *
         * @param power exponent of the warmup; by default 2/3
         * @return the call with it
         */
        public ModelEmaV3 warmupPower(double power) {
            return with("warmup_power", power);
        }

        /**
         * Gives {@code exclude_buffers}.
         *
         * @param exclude whether buffers are copied; by default they are averaged
         * @return the call with it
         */
        public ModelEmaV3 excludeBuffers(boolean exclude) {
            return with("exclude_buffers", exclude);
        }

        @Override
        ModelEmaV3 of(Rules.Builder arguments) {
            return new ModelEmaV3(arguments);
        }
    }
}
