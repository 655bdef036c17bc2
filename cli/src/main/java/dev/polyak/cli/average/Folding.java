package dev.polyak.cli.average;

import dev.polyak.Device;
import dev.polyak.ParameterFold;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.BufferNames;
import dev.polyak.checkpoint.SafetensorsWriter;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Progress;
import dev.polyak.rule.AverageRule;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How files are read and averages computed, whatever the rule.
 *
 * @param bufferPatterns names to take for buffers too
 * @param kept type of the average
 * @param accumulated type in which it is kept until the end
 * @param device where they are computed
 * @param threads how many may take part
 */
record Folding(List<String> bufferPatterns, FloatType kept, FloatType accumulated, Device device, int threads) {

    BufferNames bufferNames() {
        BufferNames names = BufferNames.defaults();
        for (String pattern : bufferPatterns) {
            names = names.and(pattern);
        }
        return names;
    }

    /**
     * Makes the fold.
     *
     * @throws Failure if the rule gives a file a weight that cannot be
     */
    ParameterFold of(List<ParameterStore> sources, AverageRule rule) throws Failure {
        ParameterFold.Builder builder =
                ParameterFold.builder(sources, rule).device(device).threads(threads);
        kept.chosen().ifPresent(builder::dtype);
        accumulated.chosen().ifPresent(builder::accumulator);
        try {
            return builder.build();
        } catch (IllegalStateException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        }
    }

    /** The same, in other types. */
    Folding in(FloatType otherKept, FloatType otherAccumulated) {
        return new Folding(bufferPatterns, otherKept, otherAccumulated, device, threads);
    }

    /** The tensors of an average in the types in which it is accumulated. */
    ParameterLayout accumulators(ParameterLayout layout) {
        return accumulated
                .chosen()
                .map(type -> layout.map(tensor -> tensor.dtype().isFloat() ? tensor.as(type) : tensor))
                .orElse(layout);
    }

    /** Folds into a file. */
    static void write(ParameterFold fold, Path file, Map<String, String> metadata, Progress progress)
            throws IOException {
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, fold.layout(), metadata)) {
            fold.run((tensor, at, piece) -> {
                writer.write(tensor, at, piece);
                progress.add(piece.byteSize());
            });
            writer.commit();
        }
    }

    static long bytes(ParameterLayout layout) {
        return layout.tensors().stream().mapToLong(TensorSpec::bytes).sum();
    }
}
