package dev.polyak.bench;

import dev.polyak.bench.work.CReference;
import dev.polyak.bench.work.Machine;
import dev.polyak.gpucheck.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a run found.
 *
 * @param date when
 * @param scale how much was measured
 * @param machine what was measured where
 * @param findings the times
 * @param lines how costs grow
 * @param leftOut what was not measured, and why
 */
public record Results(
        Instant date,
        String scale,
        Map<String, String> machine,
        List<Result> findings,
        List<Line> lines,
        List<String> leftOut) {
    /** The chapter about backends. */
    public static final String BACKENDS = "backends";
    /** The chapter about the cost as the elements grow. */
    public static final String SIZES = "sizes";
    /** The chapter about the GPU. */
    public static final String GPU = "GPU";

    /** What was found on this machine, until now. */
    public static Results of(String scale, List<Result> findings, List<String> leftOut) {
        return new Results(
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                scale,
                here(),
                List.copyOf(findings),
                Lines.of(findings),
                List.copyOf(leftOut));
    }

    private static Map<String, String> here() {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("processor", Machine.processor());
        machine.put("processors", Integer.toString(Machine.processors()));
        machine.put("memoryBytes", Long.toString(Machine.memoryBytes()));
        machine.put("system", Machine.system());
        machine.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        machine.put("compiler", CReference.compiler());
        return machine;
    }

    /** As JSON. */
    public String json() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("date", date);
        members.put("scale", scale);
        members.put("machine", machine);
        members.put("findings", findings.stream().map(Result::members).toList());
        members.put("lines", lines.stream().map(Line::members).toList());
        members.put("leftOut", leftOut);
        return Json.of(members, 0) + "\n";
    }

    /**
     * Reads the JSON that a run wrote.
     *
     * @throws IOException if the file cannot be read, or is no such JSON; the message says which
     */
    public static Results read(Path file) throws IOException {
        try {
            JsonTree json = JsonTree.read(file);
            Map<String, String> machine = new LinkedHashMap<>();
            for (Map.Entry<String, JsonTree> fact :
                    json.member("machine").members().entrySet()) {
                machine.put(fact.getKey(), fact.getValue().text());
            }
            List<Result> findings = new ArrayList<>();
            for (JsonTree finding : json.member("findings").elements()) {
                findings.add(Result.read(finding));
            }
            List<Line> lines = new ArrayList<>();
            for (JsonTree line : json.member("lines").elements()) {
                lines.add(Line.read(line));
            }
            return new Results(
                    Instant.parse(json.member("date").text()),
                    json.member("scale").text(),
                    machine,
                    findings,
                    lines,
                    json.member("leftOut").elements().stream()
                            .map(JsonTree::text)
                            .toList());
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException | DateTimeParseException e) {
            throw new IOException(
                    "'" + file + "' is not what bench wrote (" + e.getMessage()
                            + "): give the bench.json of an earlier run",
                    e);
        }
    }

    /**
     * Writes the JSON.
     *
     * @param file where to; what is there is replaced
     */
    public void write(Path file) throws IOException {
        Files.writeString(file, json());
    }

    /** The findings of a chapter. */
    public List<Result> chapter(String name) {
        return findings.stream()
                .filter(finding -> finding.chapter().equals(name))
                .toList();
    }
}
