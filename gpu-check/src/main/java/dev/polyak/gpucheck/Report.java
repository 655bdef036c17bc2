package dev.polyak.gpucheck;

import dev.polyak.gpucheck.check.Outcome;
import dev.polyak.gpucheck.measure.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was found: printed as it is found, and written for programs each time, so that what ends a run loses nothing.
 */
final class Report {
    private static final int DATE_LENGTH = "2026-01-01".length();

    private final Instant begun = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Path file;
    private final Map<String, String> surroundings;
    private final Console console;
    private final List<Outcome> outcomes = new ArrayList<>();
    private final List<Figures> figures = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private boolean failed;

    /** A report in a folder, in a file named by GPU and date. */
    Report(Path folder, String gpu, Map<String, String> surroundings, Console console) {
        String name = gpu.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        this.file = folder.resolve("gpu-check-" + name + "-" + begun.toString().substring(0, DATE_LENGTH) + ".json");
        this.surroundings = surroundings;
        this.console = console;
    }

    void add(Outcome outcome) throws IOException {
        outcomes.add(outcome);
        console.outcome(outcome);
        write();
    }

    void add(Figures measured) throws IOException {
        figures.add(measured);
        console.figures(measured);
        write();
    }

    /** A measurement for which this GPU is too small. */
    void leaveOut(String measurement, String reason) throws IOException {
        leftOut.add(measurement + ": " + reason);
        console.leftOut(measurement, reason);
        write();
    }

    /** A measurement that broke off. */
    void fail(String measurement, Exception failure) throws IOException {
        failed = true;
        leaveOut(measurement, "stopped by " + failure);
    }

    /** Whether all that was found is as it must be. */
    boolean isGood() {
        return !failed && Verdict.of(outcomes, figures).stream().noneMatch(Verdict::isFailed);
    }

    /** Judges. */
    void finish() {
        console.verdicts(Verdict.of(outcomes, figures));
        console.written(file);
    }

    private void write() throws IOException {
        Path whole = file.resolveSibling(file.getFileName() + ".tmp");
        Files.writeString(whole, Json.of(members(), 0) + "\n");
        Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("date", begun);
        members.put("machine", surroundings);
        members.put(
                "verdicts",
                Verdict.of(outcomes, figures).stream().map(Verdict::members).toList());
        members.put("checks", outcomes.stream().map(Outcome::members).toList());
        members.put("measurements", figures.stream().map(Figures::members).toList());
        members.put("leftOut", leftOut);
        return members;
    }
}
