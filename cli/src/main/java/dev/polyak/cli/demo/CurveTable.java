package dev.polyak.cli.demo;

import dev.polyak.cli.console.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The epochs as a table: for people, and for other programs. */
final class CurveTable {
    private CurveTable() {}

    static void print(List<Epoch> curve, PrintWriter out) {
        new Table()
                .numbers("epoch", row -> String.valueOf(curve.get(row).number()))
                .numbers(
                        "loss",
                        row -> String.format(Locale.ROOT, "%.3f", curve.get(row).loss()))
                .numbers("raw", row -> percent(curve.get(row).raw()))
                .numbers("averaged", row -> percent(curve.get(row).averaged()))
                .print(out, "", curve.size());
    }

    /** Writes comma-separated values; numbers are written in full. */
    static void write(List<Epoch> curve, Path file) throws IOException {
        Stream<String> rows = curve.stream()
                .map(epoch -> epoch.number() + "," + epoch.loss() + "," + epoch.raw() + "," + epoch.averaged());
        Files.write(
                file, Stream.concat(Stream.of("epoch,loss,raw,averaged"), rows).toList());
    }

    static String percent(double part) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * part);
    }
}
