package dev.polyak.gpucheck;

import dev.polyak.gpucheck.check.Outcome;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Quartiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Prints what is found, line by line, as a run takes minutes. */
final class Console {
    private final PrintWriter out;

    Console(PrintWriter out) {
        this.out = out;
    }

    void fact(String name, String value) {
        out.printf(Locale.ROOT, "%-16s %s%n", name, value);
        out.flush();
    }

    void title(String title) {
        out.printf(Locale.ROOT, "%n%s%n", title);
        out.flush();
    }

    void outcome(Outcome outcome) {
        out.printf(
                Locale.ROOT,
                "%-5s %-62s %,14d values%n",
                outcome.passed() ? "ok" : "FAIL",
                outcome.name(),
                outcome.values());
        if (!outcome.passed()) {
            out.println("      " + outcome.difference());
        }
        out.flush();
    }

    void figures(Figures figures) {
        out.println(figures.name() + " (median of " + figures.rounds() + ")");
        for (Figures.Time time : figures.times()) {
            out.printf(
                    Locale.ROOT,
                    "      %-28s %,12.4f ms",
                    time.way(),
                    time.millis().median());
            if (time.bytes() > 0) {
                out.printf(Locale.ROOT, " %,10.1f GB/s", time.gigabytesPerSecond());
            }
            out.println();
        }
        for (Figures.Ratio ratio : figures.ratios()) {
            Quartiles spread = ratio.spread();
            out.printf(
                    Locale.ROOT,
                    "      %s: %.3f (%.3f to %.3f)%n",
                    ratio.name(),
                    spread.median(),
                    spread.lower(),
                    spread.upper());
        }
        out.flush();
    }

    void leftOut(String measurement, String reason) {
        out.println(measurement + ": left out, " + reason);
        out.flush();
    }

    void verdicts(List<Verdict> verdicts) {
        title("What must hold");
        for (Verdict verdict : verdicts) {
            out.printf(Locale.ROOT, "%-12s %s: at least %s", verdict.label(), verdict.what(), verdict.least());
            verdict.found().ifPresent(found -> out.printf(Locale.ROOT, ", found %.3f", found));
            out.println();
        }
        out.flush();
    }

    void written(Path file) {
        out.printf("%nwritten to %s%n", file);
        out.flush();
    }
}
