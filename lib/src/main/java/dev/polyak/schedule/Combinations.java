package dev.polyak.schedule;

import dev.polyak.internal.math.Power;

/** Schedules that are made of another one: with a warmup, over several steps, or before a next one. */
final class Combinations {
    private Combinations() {}

    record Spaced(Schedule base, int steps) implements Schedule {
        Spaced {
            Ranges.checkAtLeastOne("number of steps", steps);
        }

        @Override
        public double weight(long n) {
            return 1 - decay(n);
        }

        @Override
        public double decay(long n) {
            return Power.of(base.decay(n), steps);
        }

        @Override
        public boolean isHalfLife() {
            return base.isHalfLife();
        }

        @Override
        public String toString() {
            return base + ".over(" + steps + ")";
        }
    }

    record Sequence(Schedule first, long updates, Schedule next) implements Schedule {
        Sequence {
            Ranges.checkAtLeastOne("number of updates", updates);
        }

        @Override
        public double weight(long n) {
            return n <= updates ? first.weight(n) : next.weight(n - updates);
        }

        @Override
        public double decay(long n) {
            return n <= updates ? first.decay(n) : next.decay(n - updates);
        }

        @Override
        public double divisor(long n) {
            return n <= updates ? first.divisor(n) : next.divisor(n - updates);
        }

        @Override
        public String toString() {
            return first + ".then(" + updates + "," + next + ")";
        }
    }

    record WarmedUp(Schedule base, Warmup warmup) implements Schedule {
        @Override
        public double weight(long n) {
            return warmup.weight(base, n);
        }

        @Override
        public double decay(long n) {
            return warmup.decay(base, n);
        }

        @Override
        public String toString() {
            return base + ".warmup(" + warmup + ")";
        }
    }

    record Annealing(double gamma) implements Warmup {
        Annealing {
            Ranges.checkPositive("gamma", gamma);
        }

        @Override
        public double weight(Schedule base, long n) {
            return Math.max(base.weight(n), gamma / (gamma + n));
        }

        @Override
        public double decay(Schedule base, long n) {
            return 1 - weight(base, n);
        }

        @Override
        public String toString() {
            return "annealing:" + gamma;
        }
    }

    record Ramp() implements Warmup {
        @Override
        public double weight(Schedule base, long n) {
            return 1 - decay(base, n);
        }

        @Override
        public double decay(Schedule base, long n) {
            return Math.min(base.decay(n), (1.0 + n) / (10.0 + n));
        }

        @Override
        public String toString() {
            return "ramp";
        }
    }

    record Linear(double from, long iterations) implements Warmup {
        Linear {
            Ranges.checkFraction("first weight of a linear warmup", from);
            Ranges.checkAtLeastOne("number of warmup iterations", iterations);
        }

        @Override
        public double weight(Schedule base, long n) {
            double to = base.weight(n);
            double here = from + (to - from) * (n - 1) / Math.max(1, iterations - 1);
            return to >= from ? Math.min(to, here) : Math.max(to, here);
        }

        @Override
        public double decay(Schedule base, long n) {
            return 1 - weight(base, n);
        }

        @Override
        public String toString() {
            return "linear:" + from + ":" + iterations;
        }
    }

    record InverseGamma(double gamma, double power, double min) implements Warmup {
        InverseGamma {
            Ranges.checkPositive("gamma", gamma);
            Ranges.checkPositive("power", power);
            Ranges.checkFraction("smallest decay", min);
        }

        @Override
        public double weight(Schedule base, long n) {
            return 1 - decay(base, n);
        }

        @Override
        public double decay(Schedule base, long n) {
            return Math.max(min, Math.min(base.decay(n), 1 - Power.of(1 + n / gamma, -power)));
        }

        @Override
        public String toString() {
            return "inverse-gamma:" + gamma + ":" + power + ":" + min;
        }
    }
}
