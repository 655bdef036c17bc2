package dev.polyak.frameworks;

/**
 * diffusers' averages, with arguments that the compiler knows.
 *
 * <pre>{@code
 * AverageRule rule = Diffusers.emaModel().decay(0.9999).useEmaWarmup(true).power(0.75).build().rule();
 * }</pre>
 */
public final class Diffusers {
    private Diffusers() {}

    /**
     * diffusers' EMAModel: parameters only, and a decay that ramps up even without warmup.
     *
     * @return the call with its defaults
     */
    public static EmaModel emaModel() {
        return new EmaModel(Rules.diffusers());
    }

    /** {@code diffusers.training_utils.EMAModel}. */
    public static final class EmaModel extends TypedCall<EmaModel> {
        private EmaModel(Rules.Builder call) {
            super(call);
        }

        /**
         * Gives {@code decay}.
         *
         * @param decay the largest weight on the average; by default 0.9999
         * @return the call with it
         */
        public EmaModel decay(double decay) {
            return with("decay", decay);
        }

        /**
         * Gives {@code min_decay}.
         *
         * @param decay the smallest decay, once averaging has begun; by default 0
         * @return the call with it
         */
        public EmaModel minDecay(double decay) {
            return with("min_decay", decay);
        }

        /**
         * Gives {@code update_after_step}.
         *
         * @param step the last step of decay 0, less one; by default 0
         * @return the call with it
         */
        public EmaModel updateAfterStep(long step) {
            return with("update_after_step", step);
        }

        /**
         * Gives {@code use_ema_warmup}.
         *
         * @param warmup whether the decay is 1 − (1 + step/invGamma)^−power, else (1 + step)/(10 + step); by default
         *     not
         * @return the call with it
         */
        public EmaModel useEmaWarmup(boolean warmup) {
            return with("use_ema_warmup", warmup);
        }

        /**
         * Gives {@code inv_gamma}.
         *
         * @param gamma inverse multiplicative factor of the warmup; by default 1
         * @return the call with it
         */
        public EmaModel invGamma(double gamma) {
            return with("inv_gamma", gamma);
        }

        /**
         * Gives {@code power}.
         *
         * @param power exponent of the warmup; by default 2/3
         * @return the call with it
         */
        public EmaModel power(double power) {
            return with("power", power);
        }

        /**
         * Gives {@code foreach}.
         *
         * @param fused whether the two operations are fused; by default not
         * @return the call with it
         */
        public EmaModel foreach(boolean fused) {
            return with("foreach", fused);
        }

        @Override
        EmaModel of(Rules.Builder arguments) {
            return new EmaModel(arguments);
        }
    }
}
