package dev.polyak.schedule;

record HalfLife(double steps, int interval) implements Schedule {
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
