package dev.polyak.bench;

import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Quartiles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an earlier run found. */
public final class Baseline {
    /** Medians differ by a few percent from run to run, even where the quartiles of each are close together. */
    private static final double NOISE = 1.05;

    private final Map<String, Before> ways = new HashMap<>();

    /**
     * A way in the earlier run.
     *
     * @param millis its time
     * @param ofLimit how much of its limit it reached; empty if it had none
     */
    private record Before(Quartiles millis, Optional<Quartiles> ofLimit) {}

    /**
     * Something that takes longer than it did.
     *
     * @param what the finding and the way
     * @param before milliseconds in the earlier run
     * @param now milliseconds
     */
    public record Slower(String what, Quartiles before, Quartiles now) {
        /** How many times as long it takes. */
        public double factor() {
            return now.median() / before.median();
        }
    }

    /** What an earlier run found. */
    public Baseline(Results earlier) {
        for (Result finding : earlier.findings()) {
            for (Figures.Time time : finding.figures().times()) {
                ways.put(
                        finding.figures().name() + ": " + time.way(),
                        new Before(time.millis(), finding.ofLimit(time.way())));
            }
        }
    }

    /**
     * What takes longer now than it did, beyond the noise: the middle halves of both runs do not touch, and the medians
     * are more than a twentieth apart. What has a limit must have fallen back behind that, too: if the limit itself is
     * lower, the machine is busy. What only one run measured is left out.
     */
    public List<Slower> slower(Results results) {
        List<Slower> slower = new ArrayList<>();
        for (Result finding : results.findings()) {
            for (Figures.Time time : finding.figures().times()) {
                String what = finding.figures().name() + ": " + time.way();
                Before before = ways.get(what);
                if (before != null
                        && finding.isWork(time.way())
                        && isBelow(before.millis(), time.millis())
                        && hasFallenBack(before, finding.ofLimit(time.way()))) {
                    slower.add(new Slower(what, before.millis(), time.millis()));
                }
            }
        }
        return slower;
    }

    private static boolean hasFallenBack(Before before, Optional<Quartiles> now) {
        return before.ofLimit().isEmpty()
                || now.isEmpty()
                || isBelow(now.get(), before.ofLimit().get());
    }

    private static boolean isBelow(Quartiles small, Quartiles large) {
        return small.upper() < large.lower() && NOISE * small.median() < large.median();
    }
}
