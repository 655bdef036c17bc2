package dev.polyak.cli.bench;

import dev.polyak.bench.Baseline;
import dev.polyak.bench.Bench;
import dev.polyak.bench.Result;
import dev.polyak.bench.Results;
import dev.polyak.bench.Scale;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Text;
import dev.polyak.cli.plot.Fonts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code polyak bench}: the options, and what is printed, written and drawn. */
@Command(
        name = "bench",
        description = {
            "Measure how fast averages are on this machine, and how near to its limits.",
            "",
            "Ways of doing the same work are timed in turn, in JVMs of their own: every backend, C where gcc is there, PyTorch where python3"
                    + " has it, and loops that do nearly nothing, which are the limit. Each way's bits are checked before it is timed. Times"
                    + " are medians, with the quartiles of the rounds. The results are printed, written as bench.json, and drawn as"
                    + " limits.png and sizes.png (and gpu.png, where there is one). It takes under two minutes on a quiet machine with two cores.",
            ""
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:measured",
            "1:failed; with --baseline: something is slower than it was",
            "2:the command line is wrong"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--full",
            description = "More sizes, more rounds and what must hold at full size, in half an hour;"
                    + " takes 12 GB of disk and most of the memory.")
    private boolean full;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Folder of bench.json and the pictures, and of the files whose saving and loading is timed. (default: ${DEFAULT-VALUE})")
    private Path folder = Path.of("polyak-bench");

    @Option(names = "--json", description = "Print the JSON instead of the table.")
    private boolean json;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "The bench.json of an earlier run; says what is slower now, beyond the noise.")
    private @Nullable Path baseline;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description =
                    "Measure nothing: print and draw the bench.json of an earlier run, such as that of another machine.")
    private @Nullable Path from;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "The most threads. (default: as many as there are processors)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description =
                    "How often each way is timed, in turn with the others; at least 3. (default: 9; with --full, 25)")
    private @Nullable Integer rounds;

    @Option(
            names = "--peers",
            paramLabel = "PEERS",
            defaultValue = "torch",
            converter = Peers.Converter.class,
            completionCandidates = Peers.Converter.class,
            description =
                    "Who takes part beside C: ${COMPLETION-CANDIDATES}. PyTorch is that of python3, or of another Python that"
                            + " -Dpolyak.bench.python=FILE names in POLYAK_JAVA_OPTS. (default: ${DEFAULT-VALUE}, if it is found)")
    private Peers peers;

    /** The command, without its arguments yet. */
    public BenchCommand() {}

    @Override
    public Integer call() throws IOException, Failure {
        if (threads < 1 || threads > Runtime.getRuntime().availableProcessors()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--threads must be from 1 to " + Runtime.getRuntime().availableProcessors()
                            + ", the number of processors, not " + threads);
        }
        if (rounds != null && rounds < 3) {
            throw new ParameterException(spec.commandLine(), "--rounds must be at least 3, not " + rounds);
        }
        if (from != null && (full || rounds != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--from measures nothing: leave --full and --rounds out, or --from");
        }
        Baseline earlier = baseline == null ? null : new Baseline(Results.read(baseline)); // before minutes are spent
        Results found = from == null ? null : Results.read(from);
        Files.createDirectories(folder);
        PrintWriter out = spec.commandLine().getOut();
        BenchReport report = new BenchReport(out);
        Consumer<Result> listener = json ? finding -> {} : report::print;
        Results results = found == null ? measured(listener) : found;
        if (found != null) {
            found.findings().forEach(listener);
        }
        if (json) {
            out.print(results.json());
        } else {
            report.printSummary(results);
        }
        draw(results);
        List<Baseline.Slower> slower = earlier == null ? List.of() : earlier.slower(results);
        if (earlier != null && !json) {
            report.printSlower(slower);
        }
        return slower.isEmpty() ? 0 : 1;
    }

    private Results measured(Consumer<Result> listener) throws IOException {
        Scale scale = full ? Scale.FULL : Scale.SHORT;
        Results results = Bench.run(
                rounds == null ? scale : scale.withRounds(rounds), threads, peers == Peers.TORCH, folder, listener);
        results.write(folder.resolve("bench.json"));
        return results;
    }

    /** Draws, and says which files there are now. */
    private void draw(Results results) throws IOException {
        List<String> written = new ArrayList<>();
        if (from == null) {
            written.add("bench.json");
        }
        boolean fonts = Fonts.areThere();
        if (fonts) {
            if (LimitsPicture.write(results, folder.resolve("limits.png"))) {
                written.add("limits.png");
            }
            if (SizesPicture.write(results, folder.resolve("sizes.png"))) {
                written.add("sizes.png");
            }
            if (LimitsPicture.writeGpu(results, folder.resolve("gpu.png"))) {
                written.add("gpu.png");
            }
        }
        spec.commandLine()
                .getErr()
                .println("written to " + Text.quoted(folder) + ": " + String.join(", ", written)
                        + (fonts ? "" : "; " + Fonts.MISSING));
    }
}
