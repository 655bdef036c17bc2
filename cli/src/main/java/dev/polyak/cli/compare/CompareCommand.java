package dev.polyak.cli.compare;

import dev.polyak.checkpoint.BufferNames;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Inputs;
import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Progress;
import dev.polyak.cli.console.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polyak compare}: tells whether two checkpoints hold the same numbers, and if not, how far apart they are. */
@Command(
        name = "compare",
        description = {
            "Compare the tensors of two checkpoints, by name; metadata are not compared.",
            "",
            "Names match without the prefixes module. and _orig_mod. that training frameworks add. Elements are equal if their bits are; any"
                    + " NaN equals any other. A difference in ULP (units in the last place) counts the steps from one number to the next, and from"
                    + " -0 to +0 is one. Floating-point tensors of different types are compared by value, with ULP of the narrower type, and are"
                    + " not equal. Of types that are no numbers, bytes are compared.",
            ""
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:equal, or within --max-ulp", "1:not equal, or failed", "2:the command line is wrong"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--max-ulp",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Take floating-point numbers for equal that are at most N ULP apart. (default: ${DEFAULT-VALUE})")
    private long maxUlp;

    @Option(names = "--all", description = "List tensors that are equal too.")
    private boolean all;

    @Option(names = "--json", description = "Print JSON. Infinite differences are strings there.")
    private boolean json;

    @Parameters(
            index = "0",
            paramLabel = "A",
            description = "A safetensors file; or a folder or *.safetensors.index.json of a sharded checkpoint.")
    private Path a;

    @Parameters(index = "1", paramLabel = "B", description = "Another.")
    private Path b;

    /** The command, without its arguments yet. */
    public CompareCommand() {}

    @Override
    public Integer call() throws Failure, IOException {
        if (maxUlp < 0) {
            throw new ParameterException(spec.commandLine(), "--max-ulp must not be negative, but is " + maxUlp);
        }
        ComparisonReport report = compare();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Json.print(out, report::write);
        } else {
            report.print(out);
        }
        return report.isEqual() ? 0 : 1;
    }

    private ComparisonReport compare() throws Failure, IOException {
        try (Inputs inputs = Inputs.open(List.of(a, b), BufferNames.defaults())) {
            Checkpoint one = inputs.checkpoints().get(0);
            Checkpoint two = inputs.checkpoints().get(1);
            CheckpointComparison comparison = new CheckpointComparison(one.store(), two.store());
            requireCommonNames(
                    comparison,
                    one.store().layout().size(),
                    two.store().layout().size());
            try (Progress progress = Progress.ofBytes(
                    "compare", comparison.bytes(), spec.commandLine().getErr())) {
                List<TensorResult> results = comparison.run(progress);
                return new ComparisonReport(a, b, results, comparison.onlyInA(), comparison.onlyInB(), maxUlp, all);
            }
        }
    }

    private void requireCommonNames(CheckpointComparison comparison, int tensorsOfA, int tensorsOfB) throws Failure {
        if (tensorsOfA > 0 && tensorsOfB > 0 && comparison.onlyInA().size() == tensorsOfA) {
            throw new Failure(Text.quoted(a) + " and " + Text.quoted(b) + " have no tensor in common: the one has "
                    + Text.some(comparison.onlyInA()) + ", the other " + Text.some(comparison.onlyInB()));
        }
    }
}
