package dev.polyak.checkpoint;

import dev.polyak.AverageCounters;
import dev.polyak.AverageReading;
import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.WrappedStoreBuilder;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The tensors of a saved average in its file: under the model's names if it is alone, else under {@code average.0.} and
 * so on, and the model's names.
 */
final class AverageFile {
    /** What there is to do between the last tensor and the moment when the file takes its place. */
    interface BeforeCommit {
        void run() throws CheckpointException;
    }

    private AverageFile() {}

    /**
     * Writes all averages that follow one model.
     *
     * @param model the tensors of which the file records the buffers: those of the average, or more
     * @param others strings to add
     */
    static void write(
            Path file,
            ParameterAverage average,
            ParameterLayout model,
            Map<String, String> others,
            BeforeCommit beforeCommit)
            throws CheckpointException {
        average.store(); // refuses what cannot be read now, and waits for the latest update
        try (AverageReading reading = average.reading()) {
            int count = average.rules().size();
            List<AverageCounters> counters =
                    IntStream.range(0, count).mapToObj(reading::counters).toList();
            Map<String, String> ours = count == 1
                    ? AverageMetadata.of(average.rule(), counters.get(0), others)
                    : AverageMetadata.of(average.rules(), counters, others);
            AverageMetadata.put(ours, average.nonFinite());
            Map<String, String> metadata = Checkpoint.metadataFor(several(model, count), ours);
            ParameterLayout layout = several(average.layout(), count);
            try (SafetensorsWriter writer = SafetensorsWriter.create(file, layout, metadata)) {
                for (int k = 0; k < count; k++) {
                    writer.write(reading.store(k), k * average.layout().size());
                }
                beforeCommit.run();
                writer.commit();
            }
        }
    }

    /** The layout of so many averages in one file. */
    static ParameterLayout several(ParameterLayout one, int count) {
        if (count == 1) {
            return one;
        }
        ParameterLayout.Builder all = ParameterLayout.builder();
        for (int k = 0; k < count; k++) {
            for (int i = 0; i < one.size(); i++) {
                TensorSpec tensor =
                        named(one.tensor(i), name(k, count, one.tensor(i).name()));
                int owner = one.ownerOf(i);
                if (owner == i) {
                    all.add(tensor);
                } else {
                    all.tied(tensor.name(), name(k, count, one.tensor(owner).name()), tensor.role());
                }
            }
        }
        return all.build();
    }

    /** One of several averages of an open file, under the model's names. It lives as long as the checkpoint. */
    static HostStore part(Checkpoint checkpoint, int which) {
        HostStore all = checkpoint.store();
        String prefix = prefix(which);
        WrappedStoreBuilder part = ParameterStore.wrap();
        for (int i = 0; i < all.layout().size(); i++) {
            TensorSpec tensor = all.layout().tensor(i);
            if (tensor.name().startsWith(prefix)) {
                part.mapped(
                        named(tensor, tensor.name().substring(prefix.length())), all.segment(i), checkpoint.fileOf(i));
            }
        }
        return part.build();
    }

    /** What a tensor of the model is called in a file of so many averages. */
    static String name(int which, int count, String name) {
        return count == 1 ? name : prefix(which) + name;
    }

    private static TensorSpec named(TensorSpec tensor, String name) {
        return new TensorSpec(name, tensor.dtype(), tensor.shape(), tensor.role());
    }

    private static String prefix(int which) {
        return "average." + which + ".";
    }
}
