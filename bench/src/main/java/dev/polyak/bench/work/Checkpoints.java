package dev.polyak.bench.work;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Checkpoints of one model in binary32, mapped. Their files are deleted as soon as they are mapped; the system keeps
 * what is mapped until it is closed, even if the JVM dies.
 */
final class Checkpoints implements AutoCloseable {
    private static final long TENSOR_BYTES = 16 << 20;

    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private final ParameterLayout layout;

    /** Writes and maps a number of files below a folder, each of so many mebibytes. */
    Checkpoints(Path below, int files, int mebibytes) throws IOException {
        layout = layout((long) mebibytes << 20);
        Path folder = Files.createTempDirectory(below, "polyak-checkpoints");
        try (ParameterStore store = ParameterStore.allocate(layout, Device.cpu())) {
            for (int k = 0; k < files; k++) {
                fill(store, k);
                Path file = folder.resolve("step-" + k + ".safetensors");
                try {
                    Checkpoint.save(file, store, Map.of());
                    checkpoints.add(Checkpoint.open(file));
                } finally {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        } finally {
            Files.delete(folder);
        }
    }

    /** The tensors of each. */
    ParameterLayout layout() {
        return layout;
    }

    /** The checkpoints, in order. */
    List<HostStore> stores() {
        return checkpoints.stream().map(Checkpoint::store).toList();
    }

    @Override
    public void close() {
        checkpoints.forEach(Checkpoint::close);
    }

    private static void fill(ParameterStore store, int sequence) {
        for (int i = 0; i < store.layout().size(); i++) {
            Numbers.fill(HostStore.of(store).segment(i), DType.F32, sequence, i * TENSOR_BYTES / Float.BYTES);
        }
    }

    private static ParameterLayout layout(long bytes) {
        return ParameterLayout.of(IntStream.range(0, (int) ((bytes + TENSOR_BYTES - 1) / TENSOR_BYTES))
                .mapToObj(i -> {
                    long elements = Math.min(TENSOR_BYTES, bytes - i * TENSOR_BYTES) / Float.BYTES;
                    return TensorSpec.parameter("layer%04d.weight".formatted(i), DType.F32, elements);
                })
                .toList());
    }
}
