package dev.polyak.schedule;

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
