package dev.polyak.schedule;

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
