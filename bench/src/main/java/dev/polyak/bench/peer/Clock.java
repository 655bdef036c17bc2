package dev.polyak.bench.peer;

import dev.polyak.bench.work.Task;

/** Times work that does not tell by itself. */
final class Clock {
    private Clock() {}

    /** Does it once: milliseconds. */
    static double millis(Task.Action action) throws Exception {
        long begin = System.nanoTime();
        action.run();
        return (System.nanoTime() - begin) / 1e6;
    }
}
