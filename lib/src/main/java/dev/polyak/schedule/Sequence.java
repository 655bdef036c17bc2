package dev.polyak.schedule;

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
