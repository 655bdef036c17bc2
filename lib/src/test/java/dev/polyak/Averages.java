package dev.polyak;

import dev.polyak.schedule.Schedules;

/** Averages for tests. */
final class Averages {
    private Averages() {}

    /** One that treats every kind of tensor in its own way. */
    static ParameterAverage of(ParameterStore online) {
        return ParameterAverage.builder(online)
                .schedule(Schedules.decay(0.9))
                .integers(IntegerPolicy.TRUNCATE)
                .build();
    }
}
