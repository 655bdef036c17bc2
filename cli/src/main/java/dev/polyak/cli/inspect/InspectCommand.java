package dev.polyak.cli.inspect;

import dev.polyak.checkpoint.BufferNames;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Inputs;
import dev.polyak.cli.console.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polyak inspect}: lists tensors and metadata. */
@Command(
        name = "inspect",
        description = {
            "List the tensors of checkpoints (name, type, shape, bytes, role) and their metadata.",
            "",
            "Only the files' headers are read. A role is what a saved average has recorded, or else is guessed: *.running_mean, *.running_var,"
                    + " *.num_batches_tracked and integers are buffers, all others are parameters.",
            ""
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "A safetensors file; or a folder or *.safetensors.index.json of a sharded checkpoint.")
    private List<Path> files;

    /** The command, without its arguments yet. */
    public InspectCommand() {}

    @Override
    public Integer call() throws Failure, IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Inputs inputs = Inputs.open(files, BufferNames.defaults())) {
            List<Inspection> inspections =
                    inputs.checkpoints().stream().map(Inspection::new).toList();
            if (json) {
                Json.print(
                        out,
                        all -> all.objects("checkpoints", inspections, (one, inspection) -> inspection.write(one)));
            } else {
                inspections.forEach(inspection -> inspection.print(out));
            }
        }
        return 0;
    }
}
