package dev.polyak.schedule;

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
