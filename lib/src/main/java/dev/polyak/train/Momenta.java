package dev.polyak.train;

import dev.polyak.rule.AverageRule;
import java.util.Arrays;
import java.util.List;

/** The latest weight on the source of each of several averages; 1 as long as an average is a copy of the model. */
final class Momenta {
    private final AverageRule[] rules;
    private final double[] latest;

    Momenta(List<AverageRule> rules) {
        this.rules = rules.toArray(AverageRule[]::new);
        this.latest = new double[this.rules.length];
        Arrays.fill(latest, 1);
    }

    /** Follows a call, by its number; its updates may have been skipped. */
    void follow(long call, boolean skipped) {
        for (int k = 0; k < rules.length; k++) {
            switch (rules[k].call(call)) {
                case COPY -> latest[k] = 1;
                case UPDATE, COPY_THEN_UPDATE -> {
                    if (!skipped) {
                        latest[k] = rules[k].weight(call);
                    }
                }
                case HOLD, COPY_BUFFERS -> {}
            }
        }
    }

    double of(int which) {
        return latest[which];
    }

    List<Double> all() {
        return Arrays.stream(latest).boxed().toList();
    }

    /** Refuses saved momenta that are not as many as the averages. */
    void requireAsMany(List<Double> saved) {
        if (saved.size() != latest.length) {
            throw new IllegalArgumentException("the state is one of " + saved.size() + " averages, but there are "
                    + latest.length + " to restore");
        }
    }

    void set(List<Double> saved) {
        Arrays.setAll(latest, saved::get);
    }

    void reset() {
        Arrays.fill(latest, 1);
    }
}
