package dev.polyak.cli.average;

import dev.polyak.AverageCounters;
import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Text;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/**
 * What was averaged.
 *
 * @param files the inputs
 * @param rule how they were averaged; the first of several
 * @param counters how far it came
 * @param layout the averaged tensors
 * @param bytesRead tensors' bytes in the files that took part
 * @param bytesWritten tensors' bytes in the outputs
 * @param seconds from the first byte read until the outputs were on disk
 * @param outputs the averages
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
        List<Path> outputs,
        List<String> warnings) {

    void print(PrintWriter out) {
        for (Path output : outputs) {
            out.println(Text.printable(output.toString()) + ": the average of "
                    + Text.count(files.size(), "file") + " in " + Text.count(counters.updates(), "update")
                    + " by " + how());
        }
        out.println(Text.count(layout.size(), "tensor") + ", " + Text.count(elements(Role.PARAMETER), "parameter")
                + ", " + Text.bytes(bytesWritten) + " in " + Text.seconds(seconds) + ", "
                + Text.bytes((long) (gigabytesPerSecond() * 1e9)) + "/s");
    }

    void write(Json json) {
        json.member("output", outputs.get(0).toString())
                .strings("outputs", outputs)
                .strings("files", files);
        if (rule instanceof ScheduledRule scheduled) {
            json.member("schedule", scheduled.schedule().toString());
        } else {
            json.member("rule", rule.toString());
        }
        json.member("order", rule.formula().label())
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

    private String how() {
        return rule instanceof ScheduledRule scheduled
                ? scheduled.schedule() + ", order " + rule.formula().label()
                : Text.printable(rule.toString());
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
