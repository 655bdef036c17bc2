package dev.polyak.bench;

import dev.polyak.bench.work.CReference;
import dev.polyak.bench.work.Machine;
import dev.polyak.gpucheck.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a run found.
 *
 * @param date when
 * @param scale how much was measured
 * @param findings the times
 * @param lines how costs grow
 * @param leftOut what was not measured, and why
 */
public record Results(Instant date, String scale, List<Finding> findings, List<Line> lines, List<String> leftOut) {
    static Results of(Scale scale, List<Finding> findings, List<String> leftOut) {
        return new Results(
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                scale.name(),
                List.copyOf(findings),
                Lines.of(findings),
                List.copyOf(leftOut));
    }

    /** What was measured where. */
    public Map<String, String> machine() {
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
        members.put("machine", machine());
        members.put("findings", findings.stream().map(Finding::members).toList());
        members.put("lines", lines.stream().map(Line::members).toList());
        members.put("leftOut", leftOut);
        return Json.of(members, 0) + "\n";
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
    public List<Finding> chapter(String name) {
        return findings.stream()
                .filter(finding -> finding.chapter().equals(name))
                .toList();
    }
}
