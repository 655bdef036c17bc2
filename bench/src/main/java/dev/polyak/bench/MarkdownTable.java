package dev.polyak.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes what files of results say must hold as a table for the documentation, so that nobody types a figure. */
public final class MarkdownTable {
    private MarkdownTable() {}

    /**
     * Prints a table.
     *
     * @param args files that {@code ./polyak bench} wrote, or one that {@code ./polyak gpu-check} did
     * @throws IOException if a file cannot be read, or has something else in it
     */
    public static void main(String[] args) throws IOException {
        List<JsonTree> files = new ArrayList<>();
        for (String file : args) {
            files.add(JsonTree.read(Path.of(file)));
        }
        if (files.get(0).has("verdicts")) {
            print(files.get(0).member("verdicts").elements());
        } else {
            printSpeeds(files);
        }
    }

    private static void print(List<JsonTree> verdicts) throws IOException {
        System.out.println("| what must hold | at least | found |");
        System.out.println("| --- | --- | --- |");
        for (JsonTree verdict : verdicts) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %s |%n",
                    verdict.member("what").text(),
                    verdict.member("least").text(),
                    verdict.has("found")
                            ? String.format(
                                    Locale.ROOT, "%.2f", verdict.member("found").number())
                            : "not measured");
        }
    }

    private static void printSpeeds(List<JsonTree> files) throws IOException {
        System.out.println("| work | ours | the other way | speed | asked |");
        System.out.println("| --- | --- | --- | --- | --- |");
        for (JsonTree file : files) {
            for (JsonTree finding : file.member("findings").elements()) {
                for (JsonTree verdict : finding.member("verdicts").elements()) {
                    System.out.println(row(finding, verdict));
                }
            }
        }
    }

    private static String row(JsonTree finding, JsonTree verdict) throws IOException {
        JsonTree speed = verdict.member("speed");
        String way = verdict.member("way").text();
        String other = verdict.member("other").text();
        return String.format(
                Locale.ROOT,
                "| %s | %s: %s | %s: %s | %.2f (%.2f to %.2f) | %s |",
                finding.member("name").text(),
                way,
                millis(finding, way),
                other,
                millis(finding, other),
                speed.member("median").number(),
                speed.member("lowerQuartile").number(),
                speed.member("upperQuartile").number(),
                verdict.member("least").text());
    }

    private static String millis(JsonTree finding, String name) throws IOException {
        for (JsonTree way : finding.member("ways").elements()) {
            if (way.member("way").text().equals(name)) {
                double millis = way.member("millis").member("median").number();
                return millis < 0.1
                        ? String.format(Locale.ROOT, "%.2f µs", 1e3 * millis)
                        : String.format(Locale.ROOT, "%.1f ms", millis);
            }
        }
        throw new IOException(
                "'" + name + "' did not take part in " + finding.member("name").text());
    }
}
