package dev.polyak.schedule;

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
