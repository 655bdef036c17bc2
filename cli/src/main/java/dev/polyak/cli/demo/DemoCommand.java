package dev.polyak.cli.demo;

import dev.polyak.Device;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Json;
import dev.polyak.cli.device.Where;
import dev.polyak.cli.plot.Fonts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code polyak demo}: the options, and what is printed and drawn in the end. */
@Command(
        name = "demo",
        description = {
            "Train a small classifier of handwritten digits with an average, and see what the average is worth.",
            "",
            "Takes some seconds. Shows the accuracy of raw and averaged weights after each epoch, saves a checkpoint of each, stops"
                    + " half-way and resumes from the files, compares the bits with those of a training that did not stop, and averages"
                    + " the later checkpoints once more offline.",
            ""
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class DemoCommand implements Callable<Integer> {
    private static final int FEWEST_EPOCHS = 2;
    /** More than two models of 66 kB, their averages and the pieces of a fold take. */
    private static final long DEVICE_BYTES = 1 << 28;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Folder for checkpoints, table and picture; what an earlier demo left there is replaced. (default: ${DEFAULT-VALUE})")
    private Path out = Path.of("polyak-demo");

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "How often to learn from every digit, " + FEWEST_EPOCHS + " to " + RunFolder.MOST_EPOCHS
                    + ". (default: ${DEFAULT-VALUE})")
    private int epochs = 20;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "Decides all that is random; the same seed gives the same bits on every machine. (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            converter = Where.Converter.class,
            completionCandidates = Where.Converter.class,
            description =
                    "Average on cpu, on the NVIDIA GPU cuda:0 (cuda:1, ...), or on auto: a GPU if one is there; the files are the same."
                            + " The network learns on the CPU. (default: ${DEFAULT-VALUE})")
    private Where where;

    @Option(names = "--json", description = "Print the results as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException, Failure {
        if (epochs < FEWEST_EPOCHS || epochs > RunFolder.MOST_EPOCHS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--epochs must be from " + FEWEST_EPOCHS + " to " + RunFolder.MOST_EPOCHS + ", not " + epochs);
        }
        Device.Choice choice = where.choose(DEVICE_BYTES);
        RunFolder folder = RunFolder.create(out);
        Outcome outcome;
        try (Demo demo = new Demo(folder, epochs, seed, choice)) {
            outcome = demo.run();
        }
        CurveTable.write(outcome.curve(), folder.table());
        boolean drawn = Fonts.areThere();
        if (drawn) {
            Picture.write(outcome, folder.picture());
        } else {
            Files.deleteIfExists(folder.picture()); // would show an earlier demo
        }
        Report report = new Report(outcome, folder, drawn);
        PrintWriter stdout = spec.commandLine().getOut();
        if (json) {
            Json.print(stdout, report::write);
        } else {
            report.print(stdout);
        }
        return outcome.sameBits() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
