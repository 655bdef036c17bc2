package dev.polyak.schedule;

record Momentum(double momentum) implements Schedule {
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
