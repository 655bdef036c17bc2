package dev.polyak.rule;

import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;

/**
 * How a sequence of sources becomes an average: everything but the numbers and how many calls there have been.
 *
 * <p>Calls are numbered from 1; call 0 is the state from which the average began. A rule has no state, so one may serve
 * many averages and threads, and a resumed average goes on as if it had never stopped. {@link ScheduledRule} is the
 * usual one; {@code dev.polyak.frameworks} has those of other systems.
 */
public interface AverageRule {

    /** What a call does to the tensors of each {@link Treatment}. */
    enum Call {
        /** Nothing. */
        HOLD,
        /** Takes what is copied at every call. */
        COPY_BUFFERS,
        /** Takes the source as it is. */
        COPY,
        /** Mixes the source in. */
        UPDATE,
        /** Takes the source as it is, then mixes it in once more, which rounds (Composer's first update). */
        COPY_THEN_UPDATE;

        /**
         * Whether the source is taken as it is.
         *
         * @return true for {@link #COPY} and {@link #COPY_THEN_UPDATE}
         */
        public boolean copies() {
            return this == COPY || this == COPY_THEN_UPDATE;
        }

        /**
         * Whether the source is mixed in.
         *
         * @return true for {@link #UPDATE} and {@link #COPY_THEN_UPDATE}
         */
        public boolean updates() {
            return this == UPDATE || this == COPY_THEN_UPDATE;
        }
    }

    /**
     * What a call does.
     *
     * @param number number of the call, from 1
     * @return its kind
     */
    Call call(long number);

    /**
     * The weight on the source, at a call that updates.
     *
     * @param number number of the call, from 1
     * @return the weight, 0 to 1 unless the rule {@linkplain #extrapolates extrapolates}; 1 takes the source
     * @throws IllegalStateException if the rule has no weight for this call
     */
    double weight(long number);

    /**
     * The weight on the average, at a call that updates.
     *
     * @param number number of the call, from 1
     * @return the decay, which 1 − weight need not be exactly
     */
    default double decay(long number) {
        return 1 - weight(number);
    }

    /**
     * What {@link UpdateFormula#MEAN} divides by, at a call that updates.
     *
     * @param number number of the call, from 1
     * @return 1 / weight, exact where the rule counts
     */
    default double divisor(long number) {
        return 1 / weight(number);
    }

    /**
     * The order of the floating-point operations.
     *
     * @return the order
     */
    UpdateFormula formula();

    /**
     * What becomes of a tensor.
     *
     * @param tensor the tensor, as it is in the model
     * @return its treatment
     */
    Treatment treatment(TensorSpec tensor);

    /**
     * Whether the averaged tensors begin at zero instead of the first source's numbers.
     *
     * @return true for averages that are {@linkplain #debiasing debiased}
     */
    default boolean startsAtZero() {
        return false;
    }

    /**
     * What the average has to be divided by to make up for its start at zero. The average itself stays as it is; its
     * value is divided where it is read.
     *
     * @param calls how many calls there have been
     * @return 1 − decay^updates, or 1 where there is nothing to make up for
     */
    default double debiasing(long calls) {
        return 1;
    }

    /**
     * Whether weights beyond 0 to 1 are meant: an update may then go past the source, or away from it. Of other rules
     * such a weight is a mistake, and the average refuses it before anything is written.
     *
     * @return true for the rules of frameworks that do not check it; any finite weight is then taken
     */
    default boolean extrapolates() {
        return false;
    }

    /**
     * The rule for an update that stands for several, since those before it were left out.
     *
     * @param updates how many it stands for, at least 1
     * @return a rule that makes up for them, if this is given by a half-life; else this
     */
    default AverageRule over(int updates) {
        return this;
    }
}
