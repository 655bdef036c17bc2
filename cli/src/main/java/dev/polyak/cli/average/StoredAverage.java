package dev.polyak.cli.average;

import dev.polyak.cli.rule.Averages;
import dev.polyak.frameworks.FrameworkRule;
import dev.polyak.frameworks.PostHoc;
import dev.polyak.frameworks.Synthesis;
import java.util.ArrayList;
import java.util.List;

/**
 * An average as ema-pytorch's PostHocEMA stores it at a call.
 *
 * @param rule how it is made
 * @param call the number of the call
 */
record StoredAverage(FrameworkRule rule, long call) {

    /** All that are stored in a training, in the order of their calls. */
    static List<StoredAverage> of(Averages averages, Synthesis synthesis, int steps) {
        List<StoredAverage> stored = new ArrayList<>();
        for (FrameworkRule rule : averages.frameworkRules()) {
            for (long call = synthesis.storedEvery();
                    call * rule.training().every() <= steps;
                    call += synthesis.storedEvery()) {
                stored.add(new StoredAverage(rule, call));
            }
        }
        return stored;
    }

    /** The number of the file with the model's state at the call. */
    int file() {
        return (int) (call * rule.training().every());
    }

    /** What the framework takes it for: it counts calls, and rounds exponents to binary32. */
    PostHoc.Snapshot snapshot() {
        return new PostHoc.Snapshot(
                call, (float) rule.snapshot(file()).orElseThrow().gamma());
    }
}
