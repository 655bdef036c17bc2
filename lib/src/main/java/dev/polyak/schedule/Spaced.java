package dev.polyak.schedule;

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
