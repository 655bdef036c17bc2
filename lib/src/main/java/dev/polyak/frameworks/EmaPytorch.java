package dev.polyak.frameworks;

import static java.util.Objects.requireNonNull;

import dev.polyak.frameworks.python.PythonValue;
import java.util.Collection;

/**
 * ema-pytorch's averages, with arguments that the compiler knows.
 *
 * <pre>{@code
 * AverageRule rule = EmaPytorch.ema().beta(0.9999).updateEvery(1).build().rule();
 * }</pre>
 */
public final class EmaPytorch {
    private EmaPytorch() {}

    /**
     * ema-pytorch's EMA.
     *
     * @return the call with its defaults
     */
    public static Ema ema() {
        return new Ema(Rules.emaPytorch());
    }

    /**
     * ema-pytorch's KarrasEMA; needs {@code sigmaRel} or {@code gamma}.
     *
     * @return the call with its defaults
     */
    public static KarrasEma karrasEma() {
        return new KarrasEma(Rules.emaPytorchKarras());
    }

    /** {@code ema_pytorch.EMA}. */
    public static final class Ema extends TypedCall<Ema> {
        private Ema(Rules.Builder call) {
            super(call);
        }

        /**
         * Gives {@code beta}.
         *
         * @param beta the largest weight on the average; by default 0.9999
         * @return the call with it
         */
        public Ema beta(double beta) {
            return with("beta", beta);
        }

        /**
         * Gives {@code update_after_step}.
         *
         * @param step the last step that copies; by default 100
         * @return the call with it
         */
        public Ema updateAfterStep(long step) {
            return with("update_after_step", step);
        }

        /**
         * Gives {@code update_every}.
         *
         * @param calls interval between calls that do something; by default 10
         * @return the call with it
         */
        public Ema updateEvery(long calls) {
            return with("update_every", calls);
        }

        /**
         * Gives {@code inv_gamma}.
         *
         * @param gamma inverse multiplicative factor of the warmup; by default 1
         * @return the call with it
         */
        public Ema invGamma(double gamma) {
            return with("inv_gamma", gamma);
        }

        /**
         * Gives {@code power}.
         *
         * @param power exponent of the warmup; by default 2/3
         * @return the call with it
         */
        public Ema power(double power) {
            return with("power", power);
        }

        /**
         * Gives {@code min_value}.
         *
         * @param decay the smallest decay; by default 0
         * @return the call with it
         */
        public Ema minValue(double decay) {
            return with("min_value", decay);
        }

        /**
         * Gives {@code param_or_buffer_names_no_ema}.
         *
         * @param names tensors that are copied
         * @return the call with it
         */
        public Ema paramOrBufferNamesNoEma(Collection<String> names) {
            requireNonNull(names, "names");
            return with("param_or_buffer_names_no_ema", PythonValue.Sequence.of(names));
        }

        /**
         * Gives {@code ignore_names}.
         *
         * @param names tensors that are left as they were
         * @return the call with it
         */
        public Ema ignoreNames(Collection<String> names) {
            requireNonNull(names, "names");
            return with("ignore_names", PythonValue.Sequence.of(names));
        }

        /**
         * Gives {@code ignore_startswith_names}.
         *
         * @param prefixes beginnings of the names of tensors that are left as they were
         * @return the call with it
         */
        public Ema ignoreStartswithNames(Collection<String> prefixes) {
            requireNonNull(prefixes, "prefixes");
            return with("ignore_startswith_names", PythonValue.Sequence.of(prefixes));
        }

        @Override
        Ema of(Rules.Builder arguments) {
            return new Ema(arguments);
        }
    }

    /** {@code ema_pytorch.KarrasEMA}. */
    public static final class KarrasEma extends TypedCall<KarrasEma> {
        private KarrasEma(Rules.Builder call) {
            super(call);
        }

        /**
         * Gives {@code sigma_rel}.
         *
         * @param sigma relative width of the average's profile
         * @return the call with it
         */
        public KarrasEma sigmaRel(double sigma) {
            return with("sigma_rel", sigma);
        }

        /**
         * Gives {@code gamma}.
         *
         * @param gamma exponent of the profile, instead of its width
         * @return the call with it
         */
        public KarrasEma gamma(double gamma) {
            return with("gamma", gamma);
        }

        /**
         * Gives {@code update_every}.
         *
         * @param calls interval between calls that do something; by default 100
         * @return the call with it
         */
        public KarrasEma updateEvery(long calls) {
            return with("update_every", calls);
        }

        /**
         * Gives {@code frozen}.
         *
         * @param frozen whether nothing but the first copy is done; by default not
         * @return the call with it
         */
        public KarrasEma frozen(boolean frozen) {
            return with("frozen", frozen);
        }

        /**
         * Gives {@code param_or_buffer_names_no_ema}.
         *
         * @param names tensors that are copied
         * @return the call with it
         */
        public KarrasEma paramOrBufferNamesNoEma(Collection<String> names) {
            requireNonNull(names, "names");
            return with("param_or_buffer_names_no_ema", PythonValue.Sequence.of(names));
        }

        /**
         * Gives {@code ignore_names}.
         *
         * @param names tensors that are left as they were
         * @return the call with it
         */
        public KarrasEma ignoreNames(Collection<String> names) {
            requireNonNull(names, "names");
            return with("ignore_names", PythonValue.Sequence.of(names));
        }

        /**
         * Gives {@code ignore_startswith_names}.
         *
         * @param prefixes beginnings of the names of tensors that are left as they were
         * @return the call with it
         */
        public KarrasEma ignoreStartswithNames(Collection<String> prefixes) {
            requireNonNull(prefixes, "prefixes");
            return with("ignore_startswith_names", PythonValue.Sequence.of(prefixes));
        }

        @Override
        KarrasEma of(Rules.Builder arguments) {
            return new KarrasEma(arguments);
        }
    }
}
