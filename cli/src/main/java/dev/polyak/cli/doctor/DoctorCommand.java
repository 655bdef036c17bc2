package dev.polyak.cli.doctor;

import dev.polyak.cli.console.Json;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code polyak doctor}: says how fast averages are made here, and what would make them faster. */
@Command(
        name = "doctor",
        description = {
            "Say which Java, processor and vectors are in use, which flags are missing and what they cost, and which GPUs CUDA finds, or why"
                    + " it finds none.",
            "",
            "The exit status is 0, also with advice: Polyak works without it.",
            ""
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** The command, without its arguments yet. */
    public DoctorCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Diagnosis diagnosis = Diagnosis.make();
        if (json) {
            Json.print(out, diagnosis::write);
        } else {
            diagnosis.print(out);
        }
        return 0;
    }
}
