package dev.polyak.cli.demo;

import dev.polyak.Device;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What the demonstration of an average off the device found.
 *
 * @param seed what decided all that is random
 * @param choice where the model was, and why there
 * @param steps all steps, in order
 * @param sameBits whether the average ended in the bits of the one that was updated at once
 */
record OffloadOutcome(long seed, Device.Choice choice, List<Step> steps, boolean sameBits) {
    /** The median over the steps, in milliseconds. */
    double millis(ToLongFunction<Step> nanos) {
        return steps.stream()
                        .mapToLong(nanos)
                        .sorted()
                        .skip(steps.size() / 2)
                        .findFirst()
                        .orElseThrow()
                / 1e6;
    }

    /** Which part of copying and updating the training did not wait for, 0 to 1. */
    double besideTraining() {
        double all = steps.stream()
                .mapToLong(step -> step.copying() + step.updating())
                .sum();
        return steps.stream().mapToLong(Step::beside).sum() / all;
    }
}
