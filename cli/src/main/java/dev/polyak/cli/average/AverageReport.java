package dev.polyak.cli.average;

import dev.polyak.AverageCounters;
import dev.polyak.AverageRule;
import dev.polyak.ParameterLayout;
import dev.polyak.Role;
import dev.polyak.TensorSpec;
import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Wording;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/**
 * What was averaged.
 *
 * @param files the inputs
 * @param rule how they were averaged
 * @param counters how far the average came
 * @param layout the averaged tensors
 * @param bytesRead tensors' bytes in the files that took part
 * @param bytesWritten tensors' bytes in the output
 * @param seconds from the first byte read until the output was on disk
 * @param output the average
 * @param warnings what is allowed, but hardly meant
 */
record AverageReport(
        List<Path> files,
        AverageRule rule,
        AverageCounters counters,
        ParameterLayout layout,
        long bytesRead,
        long bytesWritten,
        double seconds,
        Path output,
        List<String> warnings) {

    void print(PrintWriter out) {
        out.println(Wording.printable(output.toString()) + ": the average of " + Wording.count(files.size(), "file")
                + " in " + Wording.count(counters.updates(), "update") + " by " + rule.schedule() + ", order "
                + rule.order().label());
        out.println(Wording.count(layout.size(), "tensor") + ", " + Wording.count(elements(Role.PARAMETER), "parameter")
                + ", " + Wording.bytes(bytesWritten) + " in " + Wording.seconds(seconds) + ", "
                + Wording.bytes((long) (gigabytesPerSecond() * 1e9)) + "/s");
    }

    void write(Json json) {
        json.member("output", output.toString())
                .strings("files", files)
                .member("schedule", rule.schedule().toString())
                .member("order", rule.order().label())
                .member("updates", counters.updates())
                .member("tensors", layout.size())
                .member("parameters", elements(Role.PARAMETER))
                .member("buffer_elements", elements(Role.BUFFER))
                .member("bytes_read", bytesRead)
                .member("bytes_written", bytesWritten)
                .member("seconds", seconds)
                .member("gigabytes_per_second", gigabytesPerSecond())
                .strings("warnings", warnings);
    }

    private long elements(Role role) {
        return layout.tensors().stream()
                .filter(tensor -> tensor.role() == role)
                .mapToLong(TensorSpec::elements)
                .sum();
    }

    private double gigabytesPerSecond() {
        return (bytesRead + bytesWritten) / seconds / 1e9;
    }
}
