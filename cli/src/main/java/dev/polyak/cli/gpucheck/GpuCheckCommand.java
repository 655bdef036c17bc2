package dev.polyak.cli.gpucheck;

import dev.polyak.gpucheck.GpuCheck;
import dev.polyak.gpucheck.Pack;
import dev.polyak.gpucheck.measure.Scale;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code polyak gpu-check}: checks and measures the GPU, here or elsewhere. */
@Command(
        name = "gpu-check",
        description = {
            "Check that the GPU computes the CPU's bits, and measure how fast it averages.",
            "",
            "Every kernel runs beside the CPU on the same numbers; times are those of the GPU's own clock, beside a copy within its memory,"
                    + " and beside PyTorch where python3 has it. The report is printed, and written as gpu-check-GPU-DATE.json. It takes some"
                    + " minutes and most of the GPU's memory; CUDA_VISIBLE_DEVICES chooses among several.",
            "",
            "With --pack, nothing is checked here: the check is written to an archive, with a Java of its own, that runs on any Linux machine"
                    + " of this architecture. Unpack it there, and start polyak-gpu-check/gpu-check.",
            ""
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all is as it must be, or the archive is written",
            "1:a check failed, a figure is too low, or there is no GPU",
            "2:the command line is wrong"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class GpuCheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder of the report's file. (default: this one)")
    private @Nullable Path folder;

    @Option(names = "--quick", description = "Small sizes, in a minute.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            description = "After the checks, only the measurements with this in their names.")
    private String only = "";

    @Option(
            names = "--pack",
            paramLabel = "FILE",
            description = "Write the archive, a .tar.gz, instead; needs a JDK, not only a Java that runs programs.")
    private @Nullable Path archive;

    /** The command, without its arguments yet. */
    public GpuCheckCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (archive == null) {
            Scale scale = quick ? Scale.QUICK : Scale.FULL;
            Path into = folder == null ? Path.of(".") : folder;
            GpuCheck.refusal(scale, only).ifPresent(refusal -> {
                throw new ParameterException(spec.commandLine(), refusal);
            });
            return GpuCheck.run(scale, only, into, spec.commandLine().getOut()) ? 0 : 1;
        }
        if (quick || !only.isEmpty() || folder != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--pack checks nothing: give --out, --only and --quick to the gpu-check in the archive");
        }
        Pack.write(archive);
        return 0;
    }
}
