package dev.polyak.cli.average;

import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Json;
import dev.polyak.frameworks.PowerFunction;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polyak posthoc}: the options, and what they mean together. */
@Command(
        name = "posthoc",
        description = {
            "Make a power-function average of any length from stored ones, after the training (Karras et al. 2024).",
            "",
            "The stored averages are those of polyak average --as 'edm2.PowerFunctionEMA(...)' or 'ema_pytorch.KarrasEMA(...)', whose"
                    + " metadata have profile and time, or any others named with --snapshot. Those later than the wanted time are left out."
                    + " The rest is added up in binary64, with weights that add up to 1 and come closest to the wanted profile. Without -o only the"
                    + " weights are shown.",
            ""
        },
        customSynopsis = {
            "polyak posthoc (--sigma S | --gamma G) [--at TIME] [OPTION]... [-o OUT]",
            "               [FILE...]"
        },
        sortOptions = false,
        footer = {"", "Example:", "  polyak posthoc --sigma 0.075 -o ema-0.075.safetensors snapshot-*.safetensors"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class PostHocCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--sigma",
            paramLabel = "S",
            description = "The wanted profile: its standard deviation relative to the time, such as 0.075.")
    private @Nullable Double sigma;

    @Option(names = "--gamma", paramLabel = "G", description = "The wanted profile by its exponent.")
    private @Nullable Double gamma;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description =
                    "The time at which the average is wanted, in the unit of the stored ones: images for edm2, calls and one more for"
                            + " KarrasEMA. (default: that of the latest)")
    private @Nullable Double at;

    @Option(
            names = "--snapshot",
            paramLabel = "FILE:SIGMA:TIME",
            converter = StoredSnapshot.Converter.class,
            description = "A stored average of which this is the profile and the time. May be repeated.")
    private List<StoredSnapshot> named = List.of();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "keep",
            converter = FloatType.Kept.class,
            completionCandidates = FloatType.Kept.class,
            description =
                    "Type of the result: ${COMPLETION-CANDIDATES}; keep is that of the stored averages. (default: ${DEFAULT-VALUE})")
    private FloatType dtype;

    @Mixin
    private final FoldingOptions options = new FoldingOptions();

    @Option(names = "--json", description = "Print weights and a summary as JSON.")
    private boolean json;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            description = "The result: a safetensors file, replaced if it is there.")
    private @Nullable Path output;

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "A stored average.")
    private List<Path> files = List.of();

    /** The command, without its arguments yet. */
    public PostHocCommand() {}

    @Override
    public Integer call() throws Failure, IOException {
        if ((sigma == null) == (gamma == null)) {
            throw misuse("choose one of --sigma and --gamma");
        }
        if (at != null && !(at > 0 && at < Double.POSITIVE_INFINITY)) {
            throw misuse("--at must be a positive number, not " + at);
        }
        List<StoredSnapshot> snapshots = Stream.concat(
                        files.stream().map(file -> new StoredSnapshot(file, null)), named.stream())
                .toList();
        if (snapshots.isEmpty()) {
            throw misuse("name the stored averages");
        }
        double exponent = exponent();
        Folding folding = options.folding(dtype, FloatType.DOUBLE);
        PostHocReport report = new PostHocJob(snapshots, exponent, at, folding, output)
                .run(spec.commandLine().getErr());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Json.print(out, report::write);
        } else {
            report.print(out);
        }
        return 0;
    }

    private double exponent() {
        if (gamma != null) {
            if (!(gamma > -1 && gamma < Double.POSITIVE_INFINITY)) {
                throw misuse("--gamma must be a number above -1, not " + gamma);
            }
            return gamma;
        }
        try {
            return PowerFunction.gamma(sigma == null ? Double.NaN : sigma);
        } catch (IllegalArgumentException e) {
            throw misuse(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
