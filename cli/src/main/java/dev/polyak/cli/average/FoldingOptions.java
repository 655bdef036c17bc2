package dev.polyak.cli.average;

import dev.polyak.Acceleration;
import dev.polyak.Device;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.device.DeviceOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how files are read and where averages are computed, whatever the rule. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class FoldingOptions {
    /** What a GPU needs of its memory for each thread of a fold. */
    private static final long DEVICE_BYTES = 6_300_000;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--buffer-pattern",
            paramLabel = "GLOB",
            description =
                    "Take tensors of such names for buffers too (* any characters, ? one). May be repeated. Without it:"
                            + " *.running_mean, *.running_var, *.num_batches_tracked and integers, or what a saved average has recorded.")
    private List<String> bufferPatterns = List.of();

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            converter = DeviceOption.Converter.class,
            completionCandidates = DeviceOption.Converter.class,
            description =
                    "Compute on cpu, on the NVIDIA GPU cuda:0 (cuda:1, ...), or on auto: a GPU if one is there and large enough;"
                            + " the result is the same. (default: ${DEFAULT-VALUE})")
    private DeviceOption where;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Use at most N threads; the result is the same. (default: all processors)")
    private @Nullable Integer threads;

    /**
     * What the options mean together.
     *
     * @param kept type of the average
     * @param accumulated type in which it is kept until the end
     * @throws ParameterException if there is to be less than one thread
     * @throws Failure if there is no such device
     */
    Folding folding(FloatType kept, FloatType accumulated) throws Failure {
        if (threads != null && threads < 1) {
            throw new ParameterException(command.commandLine(), "--threads must be at least 1, not " + threads);
        }
        int all = Acceleration.current().threads();
        int used = threads == null ? all : Math.min(threads, all);
        Device.Choice choice = where.choose(used * DEVICE_BYTES);
        if (where.isAuto()) {
            command.commandLine().getErr().println("polyak: averages on " + choice.device() + ": " + choice.reason());
        }
        return new Folding(bufferPatterns, kept, accumulated, choice.device(), used);
    }
}
