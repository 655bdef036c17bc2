package dev.polyak.bench;

import dev.polyak.bench.Line.Point;
import dev.polyak.bench.work.Task;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Measurements;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Lines through what was found about growing work. */
final class Lines {
    /** What moves fewer bytes is in a cache near the processor; what moves more than the other is in memory. */
    private static final long IN_CACHE = 1 << 20;

    private static final long IN_MEMORY = 128 << 20;

    private Lines() {}

    static List<Line> of(List<Result> findings) {
        List<Line> lines = new ArrayList<>();
        add(lines, findings, Results.SIZES, "element", ", in cache", time -> time.bytes() <= IN_CACHE);
        add(lines, findings, Results.SIZES, "element", ", in memory", time -> time.bytes() >= IN_MEMORY);
        add(lines, findings, Suite.TENSORS, "tensor of " + Suite.SMALL + " elements", "", time -> true);
        threads(lines, findings);
        gpu(lines, findings);
        return lines;
    }

    private static void add(
            List<Line> lines,
            List<Result> findings,
            String chapter,
            String unit,
            String where,
            Predicate<Figures.Time> wanted) {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (Result finding : findings) {
            if (finding.chapter().equals(chapter)) {
                double amount =
                        chapter.equals(Suite.TENSORS) ? (double) finding.elements() / Suite.SMALL : finding.elements();
                String types = finding.figures().name().replaceFirst(" \\d+x\\d+$", "");
                finding.figures().times().stream()
                        .filter(time -> time.way().startsWith(Task.OURS) && wanted.test(time))
                        .forEach(time -> points.computeIfAbsent(
                                        types + ", " + time.way() + where, k -> new ArrayList<>())
                                .add(new Point(amount, time.millis().median())));
            }
        }
        fit(lines, unit, points);
    }

    private static void fit(List<Line> lines, String unit, Map<String, List<Point>> points) {
        points.forEach((what, through) -> {
            if (through.size() > 1) {
                lines.add(Line.through(what, unit, through));
            }
        });
    }

    /** Updates on a GPU, of one tensor. */
    private static void gpu(List<Line> lines, List<Result> findings) {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (Result finding : findings) {
            if (finding.chapter().equals(Results.GPU)) {
                String what = "GPU: " + finding.figures().name().replaceFirst(", .*", "");
                finding.figures().times().stream()
                        .filter(time -> time.way().equals(Measurements.UPDATE)
                                && finding.limits().containsKey(Measurements.UPDATE))
                        .forEach(time -> points.computeIfAbsent(what, k -> new ArrayList<>())
                                .add(new Point(finding.elements(), time.millis().median())));
            }
        }
        fit(lines, "element", points);
    }

    /** The time as what does not shrink with the threads, and what is divided among them. */
    private static void threads(List<Line> lines, List<Result> findings) {
        for (Result finding : findings) {
            if (finding.chapter().equals(Suite.THREADS)) {
                List<Point> points = finding.figures().times().stream()
                        .filter(time -> time.way().startsWith(Task.OURS))
                        .map(time -> new Point(
                                1 / Double.parseDouble(time.way().replaceAll("\\D", "")),
                                time.millis().median()))
                        .toList();
                if (points.size() > 1) {
                    lines.add(Line.through(finding.figures().name() + ", polyak", "part of the work", points));
                }
            }
        }
    }
}
