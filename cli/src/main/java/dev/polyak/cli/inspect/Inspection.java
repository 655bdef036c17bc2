package dev.polyak.cli.inspect;

import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Table;
import dev.polyak.cli.console.Text;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What is in a checkpoint.
 *
 * @param checkpoint the checkpoint
 */
record Inspection(Checkpoint checkpoint) {

    void print(PrintWriter out) {
        ParameterLayout layout = layout();
        out.println(Text.printable(checkpoint.path().toString()));
        checkpoint
                .metadata()
                .forEach((key, value) -> out.println("  " + Text.printable(key) + ": " + Text.brief(value)));
        new Table()
                .words("name", i -> Text.printable(layout.tensor(i).name()))
                .words("dtype", i -> layout.tensor(i).dtype().name())
                .words("shape", i -> layout.tensor(i).shape().toString())
                .numbers("bytes", i -> Text.count(layout.tensor(i).bytes()))
                .words("role", i -> role(layout.tensor(i)))
                .print(out, "  ", layout.size());
        out.println("  " + Text.count(layout.size(), "tensor") + ", "
                + Text.count(elements(Role.PARAMETER), "parameter") + ", " + Text.count(elements(Role.BUFFER))
                + " in buffers, " + Text.bytes(bytes()));
    }

    void write(Json json) {
        ParameterLayout layout = layout();
        json.member("path", checkpoint.path().toString())
                .strings("files", checkpoint.files())
                .strings("metadata", checkpoint.metadata())
                .objects(
                        "tensors",
                        IntStream.range(0, layout.size())::iterator,
                        (one, i) -> write(one, layout.tensor(i), i))
                .object(
                        "totals",
                        totals -> totals.member("tensors", layout.size())
                                .member("parameters", elements(Role.PARAMETER))
                                .member("buffer_elements", elements(Role.BUFFER))
                                .member("bytes", bytes()));
    }

    private void write(Json json, TensorSpec tensor, int index) {
        json.member("name", tensor.name())
                .member("dtype", tensor.dtype().name())
                .numbers("shape", tensor.shape())
                .member("bytes", tensor.bytes())
                .member("role", role(tensor))
                .member("file", checkpoint.fileOf(index).toString());
    }

    private ParameterLayout layout() {
        return checkpoint.store().layout();
    }

    private long elements(Role role) {
        return layout().tensors().stream()
                .filter(tensor -> tensor.role() == role)
                .mapToLong(TensorSpec::elements)
                .sum();
    }

    private long bytes() {
        return layout().tensors().stream().mapToLong(TensorSpec::bytes).sum();
    }

    private static String role(TensorSpec tensor) {
        return tensor.role().name().toLowerCase(Locale.ROOT);
    }
}
