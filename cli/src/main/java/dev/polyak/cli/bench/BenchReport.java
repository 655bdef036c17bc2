package dev.polyak.cli.bench;

import dev.polyak.bench.Baseline;
import dev.polyak.bench.Line;
import dev.polyak.bench.Result;
import dev.polyak.bench.Results;
import dev.polyak.cli.console.Table;
import dev.polyak.cli.console.Text;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Quartiles;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** The results as tables, each as soon as it is there. */
final class BenchReport {
    private static final String INDENT = "  ";

    private final PrintWriter out;

    BenchReport(PrintWriter out) {
        this.out = out;
    }

    /** A finding: its ways, and how they compare. */
    void print(Result finding) {
        List<Figures.Time> times = finding.figures().times();
        out.println(finding.figures().name());
        new Table()
                .words("way", row -> times.get(row).way())
                .numbers("time", row -> time(times.get(row).millis().median()))
                .words("quartiles", row -> quartiles(times.get(row).millis()))
                .numbers("GB/s", row -> figure(times.get(row).gigabytesPerSecond()))
                .numbers("M elements/s", row -> figure(finding.elementsPerSecond(times.get(row)) / 1e6))
                .numbers("of limit", row -> share(finding, times.get(row).way()))
                .words("", row -> finding.limits().getOrDefault(times.get(row).way(), ""))
                .print(out, INDENT, times.size());
        finding.verdicts().forEach(verdict -> out.println(INDENT + sentence(verdict)));
        out.println();
        out.flush();
    }

    /** What is known when all is measured. */
    void printSummary(Results results) {
        List<Line> lines = results.lines();
        out.println("cost as the work grows: fixed + slope x amount");
        new Table()
                .words("of", row -> lines.get(row).what())
                .numbers("fixed", row -> time(lines.get(row).fixedMicros() / 1e3))
                .numbers("slope", row -> time(lines.get(row).nanosPerUnit() / 1e6))
                .words("for each", row -> lines.get(row).unit())
                .print(out, INDENT, lines.size());
        out.println();
        results.leftOut().forEach(line -> out.println("left out: " + Text.printable(line)));
        results.machine().forEach((name, value) -> out.println(String.format("%-14s", name) + value));
    }

    /** What an earlier run was faster at. */
    void printSlower(List<Baseline.Slower> slower) {
        if (slower.isEmpty()) {
            out.println("nothing is slower than in the earlier run");
        }
        for (Baseline.Slower one : slower) {
            out.println("slower: " + one.what() + ": " + time(one.before().median()) + " -> "
                    + time(one.now().median()) + " (" + figure(one.factor()) + " times as long)");
        }
    }

    private static String sentence(Result.Verdict verdict) {
        return (verdict.met() ? "met: " : "NOT MET: ") + verdict.way() + " has "
                + figure(verdict.speed().median())
                + " (" + figure(verdict.speed().lower()) + " to "
                + figure(verdict.speed().upper()) + ") of the speed of "
                + verdict.other() + ", asked " + verdict.least();
    }

    private static String share(Result finding, String way) {
        return finding.ofLimit(way)
                .map(share -> String.format(Locale.ROOT, "%.0f %%", 100 * share.median()))
                .orElse("");
    }

    private static String quartiles(Quartiles millis) {
        return time(millis.lower()) + " to " + time(millis.upper());
    }

    /** Milliseconds in a unit that suits them. */
    private static String time(double millis) {
        double size = Math.abs(millis);
        if (size >= 1) {
            return figure(millis) + " ms";
        }
        return size >= 1e-3 ? figure(millis * 1e3) + " us" : figure(millis * 1e6) + " ns";
    }

    private static String figure(double value) {
        return Text.rounded(value);
    }
}
