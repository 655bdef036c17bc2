package dev.polyak;

import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;

/** Averages for tests. */
final class Averages {
    private Averages() {}

    /** One that treats every kind of tensor in its own way, and is kept in a type; null: each tensor in its own. */
    static ParameterAverage of(ParameterStore online, DType kept) {
        AverageBuilder builder = ParameterAverage.builder(online)
                .rule(ScheduledRule.of(Schedules.decay(0.9)).integers(IntegerPolicy.TRUNCATE));
        return (kept == null ? builder : builder.dtype(kept)).build();
    }
}
