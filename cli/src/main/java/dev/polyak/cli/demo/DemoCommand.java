package dev.polyak.cli.demo;

import dev.polyak.Device;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Json;
import dev.polyak.cli.device.DeviceOption;
import dev.polyak.cli.plot.Fonts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
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
            converter = DeviceOption.Converter.class,
            completionCandidates = DeviceOption.Converter.class,
            description =
                    "Average on cpu, on the NVIDIA GPU cuda:0 (cuda:1, ...), or on auto: a GPU if one is there; the files are the same."
                            + " The network learns on the CPU. (default: ${DEFAULT-VALUE})")
    private DeviceOption where;

    @Option(
            names = "--offload",
            description =
                    "Show an average off the device instead: the model on --device, its average in host memory, updated while the"
                            + " training goes on; the times of training, copy and fold are drawn. On cpu, both are in host memory.")
    private boolean offload;

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
        return offload ? showOffload(folder, choice) : show(folder, choice);
    }

    private int show(RunFolder folder, Device.Choice choice) throws IOException {
        Outcome outcome;
        try (Demo demo = new Demo(folder, epochs, seed, choice)) {
            outcome = demo.run();
        }
        CurveTable.write(outcome.curve(), folder.table());
        boolean drawn = draws(folder.picture());
        if (drawn) {
            Picture.write(outcome, folder.picture());
        }
        Report report = new Report(outcome, folder, drawn);
        print(report::print, report::write);
        return status(outcome.sameBits());
    }

    private int showOffload(RunFolder folder, Device.Choice choice) throws IOException {
        OffloadOutcome outcome;
        try (OffloadDemo demo = new OffloadDemo(folder, epochs, seed, choice)) {
            outcome = demo.run();
        }
        Timeline.write(outcome.steps(), folder.timelineTable());
        boolean drawn = draws(folder.timeline());
        if (drawn) {
            Timeline.draw(outcome, folder.timeline());
        }
        OffloadReport report = new OffloadReport(outcome, folder, drawn);
        print(report::print, report::write);
        return status(outcome.sameBits());
    }

    /** Whether pictures can be drawn; if not, an earlier demo's is deleted. */
    private static boolean draws(Path picture) throws IOException {
        if (Fonts.areThere()) {
            return true;
        }
        Files.deleteIfExists(picture);
        return false;
    }

    private void print(Consumer<PrintWriter> text, Json.Members members) {
        PrintWriter stdout = spec.commandLine().getOut();
        if (json) {
            Json.print(stdout, members);
        } else {
            text.accept(stdout);
        }
    }

    private static int status(boolean sameBits) {
        return sameBits ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
