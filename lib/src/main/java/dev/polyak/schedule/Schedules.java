package dev.polyak.schedule;

import static java.util.Objects.requireNonNull;

import dev.polyak.internal.math.Power;
import java.util.Arrays;

/** The rules from which schedules are made. */
public final class Schedules {
    private Schedules() {}

    /**
     * An exponential moving average: weight 1 − decay at every update.
     *
     * @param decay weight on the average, 0 to 1; typically 0.99 to 0.9999
     * @return the schedule
     * @throws IllegalArgumentException if decay is outside 0 to 1
     */
    public static Schedule decay(double decay) {
        return new Decay(decay);
    }

    /**
     * An exponential moving average given by its weight on the source, as mmengine and Ignite do it. (The τ of target
     * networks in reinforcement learning; papers on self-supervised learning call the weight on the average momentum,
     * which is the {@link #decay(double)}.)
     *
     * @param momentum weight on the source, 0 to 1; typically 0.0001 to 0.01
     * @return the schedule
     * @throws IllegalArgumentException if momentum is outside 0 to 1
     */
    public static Schedule momentum(double momentum) {
        return new Momentum(momentum);
    }

    /**
     * An exponential moving average given by its half-life: decay 2^(−1/steps).
     *
     * @param steps training steps after which a state weighs half as much; positive, an update at each (see
     *     {@link #halfLife(double, int)})
     * @return the schedule
     * @throws IllegalArgumentException if steps is not a positive number
     */
    public static Schedule halfLife(double steps) {
        return halfLife(steps, 1);
    }

    /**
     * An exponential moving average given by its half-life, with several training steps between updates: decay
     * 2^(−interval/steps). (Composer's {@code half_life} and {@code update_interval}.)
     *
     * @param steps training steps after which a state weighs half as much; positive
     * @param interval training steps between updates, at least 1
     * @return the schedule
     * @throws IllegalArgumentException if steps is not a positive number or interval is less than 1
     */
    public static Schedule halfLife(double steps, int interval) {
        return new HalfLife(steps, interval);
    }

    /**
     * A decay that goes from one value to another along half a cosine, and stays there: at update n, with k = n − 1 up
     * to steps, to + ½ · (from − to) · (1 + cos(πk/steps)).
     *
     * <p>The teachers of BYOL (Grill et al. 2020, "Bootstrap your own latent") and DINO (Caron et al. 2021, "Emerging
     * Properties in Self-Supervised Vision Transformers") rise so from 0.996 to 1 over the training. What their papers
     * call the momentum is the weight on the average, which is the decay here and the opposite of
     * {@link #momentum(double)}. Both compute in the order of {@link UpdateFormula#BLEND}.
     *
     * @param from decay of the first update, 0 to 1
     * @param to decay after so many updates, 0 to 1
     * @param steps how many updates it takes, at least 1
     * @return the schedule
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public static Schedule cosine(double from, double to, long steps) {
        return new Cosine(from, to, steps);
    }

    /**
     * The plain mean of the first state and all sources: weight 1/(n + 1). (Stochastic weight averaging: Izmailov et
     * al. 2018, "Averaging Weights Leads to Wider Optima and Better Generalization".)
     *
     * @return the schedule
     */
    public static Schedule equal() {
        return new Equal();
    }

    /**
     * A weighted mean, as model soups are (Wortsman et al. 2022): the first number belongs to the state from which the
     * average begins, each further one to an update. They need not add up to 1.
     *
     * @param weights one weight per state, not negative, at least one of them positive
     * @return the schedule, for {@code weights.length − 1} updates
     * @throws IllegalArgumentException if there is no weight, one is negative or not finite, or all are zero
     */
    public static Schedule weights(double... weights) {
        requireNonNull(weights, "weights");
        return new Weights(Arrays.stream(weights).boxed().toList());
    }

    /**
     * Reads what the {@code toString()} of a schedule made here printed, such as
     * {@code decay(0.999).warmup(inverse-gamma:1.0:0.75:0.0)}.
     *
     * @param text the text
     * @return an equal schedule
     * @throws IllegalArgumentException if the text is not of that form
     */
    public static Schedule parse(String text) {
        requireNonNull(text, "text");
        return new ScheduleParser(text).parse();
    }

    private record Decay(double decay) implements Schedule {
        Decay {
            Ranges.checkFraction("decay", decay);
        }

        @Override
        public double weight(long n) {
            return 1 - decay;
        }

        @Override
        public double decay(long n) {
            return decay;
        }

        @Override
        public String toString() {
            return "decay(" + decay + ")";
        }
    }

    private record Momentum(double momentum) implements Schedule {
        Momentum {
            Ranges.checkFraction("momentum", momentum);
        }

        @Override
        public double weight(long n) {
            return momentum;
        }

        @Override
        public String toString() {
            return "momentum(" + momentum + ")";
        }
    }

    private record Equal() implements Schedule {
        @Override
        public double weight(long n) {
            return 1.0 / (n + 1);
        }

        @Override
        public double divisor(long n) {
            return n + 1;
        }

        @Override
        public String toString() {
            return "equal()";
        }
    }

    private record HalfLife(double steps, int interval) implements Schedule {
        HalfLife {
            Ranges.checkPositive("half-life", steps);
            Ranges.checkAtLeastOne("interval", interval);
        }

        @Override
        public double weight(long n) {
            return 1 - decay(n);
        }

        @Override
        public double decay(long n) {
            return Power.of(2, -(interval / steps));
        }

        @Override
        public boolean isHalfLife() {
            return true;
        }

        @Override
        public String toString() {
            return "half-life(" + steps + "," + interval + ")";
        }
    }

    private record Cosine(double from, double to, long steps) implements Schedule {
        Cosine {
            Ranges.checkFraction("first decay of a cosine", from);
            Ranges.checkFraction("last decay of a cosine", to);
            Ranges.checkAtLeastOne("number of steps of a cosine", steps);
        }

        @Override
        public double weight(long n) {
            return 1 - decay(n);
        }

        @Override
        public double decay(long n) {
            long done = n - 1;
            if (done >= steps) {
                return to;
            }
            double here = to + 0.5 * (from - to) * (1 + StrictMath.cos(Math.PI * done / steps));
            return Math.clamp(here, Math.min(from, to), Math.max(from, to)); // which rounding may leave
        }

        @Override
        public String toString() {
            return "cosine(" + from + "," + to + "," + steps + ")";
        }
    }
}
