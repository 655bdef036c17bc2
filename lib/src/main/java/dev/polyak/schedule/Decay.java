package dev.polyak.schedule;

record Decay(double decay) implements Schedule {
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
