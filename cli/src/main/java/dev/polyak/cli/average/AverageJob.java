package dev.polyak.cli.average;

import dev.polyak.AverageRule;
import dev.polyak.ParameterFold;
import dev.polyak.ParameterLayout;
import dev.polyak.TensorSpec;
import dev.polyak.checkpoint.BufferNames;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.SafetensorsWriter;
import dev.polyak.checkpoint.SavedAverage;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Inputs;
import dev.polyak.cli.console.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Averages files into a file. All checks come before the first byte is read or written.
 *
 * @param files what to average
 * @param rule how
 * @param bufferPatterns names to take for buffers too
 * @param kept type of the average
 * @param accumulated type in which it is kept until the end
 * @param threads how many may take part; null for all
 * @param output where the average goes
 */
record AverageJob(
        List<Path> files,
        AverageRule rule,
        List<String> bufferPatterns,
        FloatType kept,
        FloatType accumulated,
        @Nullable Integer threads,
        Path output) {

    /**
     * Averages.
     *
     * @param err where warnings and progress show
     * @return what was done
     * @throws Failure if the files cannot be averaged so
     * @throws IOException if a file cannot be read or written
     */
    AverageReport run(PrintWriter err) throws Failure, IOException {
        BufferNames names = BufferNames.defaults();
        for (String pattern : bufferPatterns) {
            names = names.and(pattern);
        }
        try (Inputs inputs = Inputs.open(files, names)) {
            OutputPlace.requireApart(output, inputs.checkpoints());
            Compatibility.requireSameTensors(inputs.checkpoints());
            Compatibility.requireAveragable(inputs.first(), rule, kept, accumulated);
            ParameterFold fold = fold(inputs);
            List<String> warnings = warnings(fold.layout());
            warnings.forEach(warning -> err.println("polyak: warning: " + warning));
            long begin = System.nanoTime();
            write(fold, inputs.first(), err);
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new AverageReport(
                    files,
                    rule,
                    fold.counters(),
                    fold.layout(),
                    bytesRead(inputs.checkpoints()),
                    bytes(fold.layout()),
                    seconds,
                    output,
                    warnings);
        }
    }

    private ParameterFold fold(Inputs inputs) {
        ParameterFold.Builder builder = ParameterFold.builder(inputs.stores(), rule);
        kept.chosen().ifPresent(builder::keptAs);
        accumulated.chosen().ifPresent(builder::accumulatedAs);
        if (threads != null) {
            builder.threads(threads);
        }
        return builder.build();
    }

    private void write(ParameterFold fold, Checkpoint first, PrintWriter err) throws IOException {
        ParameterLayout layout = fold.layout();
        try (SafetensorsWriter writer = SafetensorsWriter.create(output, layout, metadata(fold, first));
                Progress progress = Progress.ofBytes("average", bytes(layout), err)) {
            fold.run((tensor, at, piece) -> {
                writer.write(tensor, at, piece);
                progress.add(piece.byteSize());
            });
            writer.commit();
        }
    }

    /**
     * What the first file's writer added stays, such as the framework's name; what is said of an earlier average does
     * not.
     */
    private Map<String, String> metadata(ParameterFold fold, Checkpoint first) {
        Map<String, String> metadata = new LinkedHashMap<>(first.metadata());
        metadata.keySet().removeIf(key -> key.startsWith("polyak."));
        return SavedAverage.metadataFor(rule, fold.counters(), fold.layout(), metadata);
    }

    private List<String> warnings(ParameterLayout layout) {
        ParameterLayout accumulators = accumulated
                .chosen()
                .map(type -> layout.map(t -> t.dtype().isFloat() ? t.as(type) : t))
                .orElse(layout);
        return Warnings.of(rule, Calls.of(rule, files.size()), files.size(), accumulators, bufferPatterns);
    }

    /** Bytes of the files that take part; of the others, at most buffers are copied. */
    private long bytesRead(List<Checkpoint> checkpoints) {
        Calls calls = Calls.of(rule, files.size());
        long read = bytes(checkpoints.get(calls.base()).store().layout());
        for (int k : calls.updates()) {
            read += bytes(checkpoints.get(k).store().layout());
        }
        return read;
    }

    private static long bytes(ParameterLayout layout) {
        return layout.tensors().stream().mapToLong(TensorSpec::bytes).sum();
    }
}
