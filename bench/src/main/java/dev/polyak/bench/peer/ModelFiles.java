package dev.polyak.bench.peer;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.bench.work.Tensors;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checkpoints of one model as files, for programs that do not share our memory. They are deleted at the end. */
final class ModelFiles implements AutoCloseable {
    private static final int TENSOR_MEBIBYTES = 16;
    /** Repeated, it is neither tiny, nor huge, nor NaN in any type. */
    private static final int ORDINARY = 0x30;

    private final Tensors tensors;
    private final DType type;
    private final Path folder;
    private final List<Path> paths = new ArrayList<>();

    /** Writes a number of files of so many mebibytes each. */
    ModelFiles(Path below, DType type, int mebibytes, int files) throws IOException {
        this.type = type;
        int count = Math.max(1, mebibytes / TENSOR_MEBIBYTES);
        tensors = Tensors.of(count, ((long) mebibytes << 23) / count / type.bits());
        folder = Files.createTempDirectory(below, "polyak-peers");
        try (HostStore store = ParameterStore.allocate(layout(type))) {
            for (int k = 0; k < files; k++) {
                for (int tensor = 0; tensor < store.layout().size(); tensor++) {
                    store.segment(tensor).fill((byte) (ORDINARY + k));
                }
                Path file = folder.resolve("step-" + k + ".safetensors");
                paths.add(file);
                Checkpoint.save(file, store, Map.of());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The files, in order. */
    List<Path> paths() {
        return paths;
    }

    /** The model's tensors in a type. */
    ParameterLayout layout(DType as) {
        return tensors.layout(as);
    }

    /** Where an average may be written. */
    Path output() {
        return folder.resolve("average.safetensors");
    }

    /** Elements of one. */
    long elements() {
        return tensors.elements();
    }

    /** Bytes of all. */
    long bytes() {
        return bytesOfOne() * paths.size();
    }

    private long bytesOfOne() {
        return elements() * type.bits() / Byte.SIZE;
    }

    @Override
    public void close() {
        try {
            for (Path file : paths) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(output());
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return paths.size() + " " + type + " checkpoints of " + (bytesOfOne() >> 20) + " MiB";
    }
}
