package dev.polyak.bench;

import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Spread;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

    private Baseline() {}

    /**
     * A way in the earlier run.
     *
     * @param millis its time
     * @param ofLimit how much of its limit it reached; empty if it had none
     */
    private record Before(Spread millis, Optional<Spread> ofLimit) {}

    /**
     * Something that takes longer than it did.
     *
     * @param what the finding and the way
     * @param before milliseconds in the earlier run
     * @param now milliseconds
     */
    public record Slower(String what, Spread before, Spread now) {
        /** How many times as long it takes. */
        public double factor() {
            return now.median() / before.median();
        }
    }

    /**
     * Reads the JSON that a run wrote.
     *
     * @throws IOException if the file cannot be read, or is no such JSON; the message says which
     */
    public static Baseline read(Path file) throws IOException {
        Baseline baseline = new Baseline();
        try {
            for (JsonTree finding : JsonTree.read(file).member("findings").elements()) {
                String name = finding.member("name").text();
                for (JsonTree way : finding.member("ways").elements()) {
                    baseline.ways.put(
                            name + ": " + way.member("way").text(),
                            new Before(
                                    spread(way.member("millis")),
                                    way.has("ofLimit")
                                            ? Optional.of(spread(way.member("ofLimit")))
                                            : Optional.empty()));
                }
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "'" + file + "' is not what bench wrote (" + e.getMessage()
                            + "): give the bench.json of an earlier run",
                    e);
        }
        return baseline;
    }

    private static Spread spread(JsonTree spread) throws IOException {
        return new Spread(
                spread.member("least").number(),
                spread.member("lowerQuartile").number(),
                spread.member("median").number(),
                spread.member("upperQuartile").number());
    }

    /**
     * What takes longer now than it did, beyond the noise: the middle halves of both runs do not touch, and the medians
     * are more than a twentieth apart. What has a limit must have fallen back behind that, too: if the limit itself is
     * lower, the machine is busy. What only one run measured is left out.
     */
    public List<Slower> slower(Results results) {
        List<Slower> slower = new ArrayList<>();
        for (Finding finding : results.findings()) {
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

    private static boolean hasFallenBack(Before before, Optional<Spread> now) {
        return before.ofLimit().isEmpty()
                || now.isEmpty()
                || isBelow(now.get(), before.ofLimit().get());
    }

    private static boolean isBelow(Spread small, Spread large) {
        return small.upper() < large.lower() && NOISE * small.median() < large.median();
    }
}
