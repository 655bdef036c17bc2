package dev.polyak.schedule;

record Equal() implements Schedule {
    @Override
    public double weight(long n) {
        return 1.0 / (n + 1);
    }

    @Override
    public double divisor(long n) {
        return n + 1;
    }

    @Override
    public String toString() {
        return "equal()";
    }
}
