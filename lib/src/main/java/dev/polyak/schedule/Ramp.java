package dev.polyak.schedule;

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
