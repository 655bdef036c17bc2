package dev.polyak.cli.demo;

import dev.polyak.offload.UpdateTimes;

/**
 * When a step of the training was where, beside the update of its average, on the clock of {@link System#nanoTime()}.
 *
 * @param begun forward pass, backward pass and optimizer step began
 * @param trained they ended, and the update was called
 * @param returned the update's call returned, and the next step began
 * @param update what went on in the background
 */
record Step(long begun, long trained, long returned, UpdateTimes update) {
    long training() {
        return trained - begun;
    }

    /** How long the update kept the training. */
    long calling() {
        return returned - trained;
    }

    long copying() {
        return update.read() - update.begun();
    }

    long updating() {
        return update.done() - update.updating();
    }

    /** How much of copy and fold the training did not wait for. */
    long beside() {
        return after(returned, update.begun(), update.read()) + after(returned, update.updating(), update.done());
    }

    private static long after(long time, long begin, long end) {
        return Math.max(0, end - Math.max(time, begin));
    }
}
