package dev.polyak.cli.schedule;

import java.util.TreeSet;
import java.util.stream.IntStream;

/** Which steps of many are shown: the first, the last, and some between that lie farther and farther apart. */
final class Excerpt {
    private static final int WHOLE = 30;
    private static final int FIRST = 10;
    private static final int LAST = 5;
    private static final int PER_DECADE = 4;

    private Excerpt() {}

    /** Every step, and 0. */
    static int[] all(int steps) {
        return IntStream.rangeClosed(0, steps).toArray();
    }

    /** The steps for a table, in order. */
    static int[] of(int steps) {
        return steps <= WHOLE ? all(steps) : spaced(0, FIRST, LAST, PER_DECADE, steps);
    }

    /** The steps for a curve on a logarithmic axis, in order: so many that it looks smooth. */
    static int[] ofCurve(int steps) {
        return spaced(1, 200, 1, 200, steps);
    }

    private static int[] spaced(int from, int first, int last, int perDecade, int steps) {
        TreeSet<Integer> shown = new TreeSet<>();
        for (int step = from; step <= Math.min(first, steps); step++) {
            shown.add(step);
        }
        for (int i = 0; Math.pow(10, (double) i / perDecade) < steps; i++) {
            shown.add((int) Math.round(Math.pow(10, (double) i / perDecade)));
        }
        for (int step = Math.max(from, steps - last + 1); step <= steps; step++) {
            shown.add(step);
        }
        return shown.stream().mapToInt(Integer::intValue).toArray();
    }
}
