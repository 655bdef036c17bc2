package dev.polyak.gpucheck;

import dev.polyak.gpucheck.check.Outcome;
import dev.polyak.gpucheck.measure.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was found: printed as it is found, and written for programs in the end. */
final class Report {
    private static final int DATE_LENGTH = "2026-01-01".length();

    private final Instant begun = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final String gpu;
    private final Map<String, String> surroundings;
    private final Console console;
    private final List<Outcome> outcomes = new ArrayList<>();
    private final List<Figures> figures = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private boolean failed;

    Report(String gpu, Map<String, String> surroundings, Console console) {
        this.gpu = gpu;
        this.surroundings = surroundings;
        this.console = console;
    }

    void add(Outcome outcome) {
        outcomes.add(outcome);
        console.outcome(outcome);
    }

    void add(Figures measured) {
        figures.add(measured);
        console.figures(measured);
    }

    /** A measurement for which this GPU is too small. */
    void leaveOut(String measurement, String reason) {
        leftOut.add(measurement + ": " + reason);
        console.leftOut(measurement, reason);
    }

    /** A measurement that broke off. */
    void fail(String measurement, Exception failure) {
        failed = true;
        leaveOut(measurement, "stopped by " + failure);
    }

    /** Whether all that was found is as it must be. */
    boolean isGood() {
        return !failed && Verdict.of(outcomes, figures).stream().noneMatch(Verdict::isFailed);
    }

    /** Judges, and writes everything to a file named by GPU and date in a folder. */
    void finish(Path folder) throws IOException {
        List<Verdict> verdicts = Verdict.of(outcomes, figures);
        console.verdicts(verdicts);
        String name = gpu.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        Path file = folder.resolve("gpu-check-" + name + "-" + begun.toString().substring(0, DATE_LENGTH) + ".json");
        Files.writeString(file, Json.of(members(verdicts), 0) + "\n");
        console.written(file);
    }

    private Map<String, Object> members(List<Verdict> verdicts) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("date", begun);
        members.put("machine", surroundings);
        members.put("verdicts", verdicts.stream().map(Verdict::members).toList());
        members.put("checks", outcomes.stream().map(Outcome::members).toList());
        members.put("measurements", figures.stream().map(Figures::members).toList());
        members.put("leftOut", leftOut);
        return members;
    }
}
