package dev.polyak.bench.work;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** A store that is saved, or loaded from a file whose pages are in memory. */
final class FileExperiment implements Experiment {
    /** What is done with the file. */
    enum Direction {
        /** A store becomes a file that survives a loss of power. */
        SAVE,
        /** A file becomes a store. */
        LOAD
    }

    private static final int TENSOR = 16 << 20;

    private final Path folder;
    private final Path file;
    private final Path plain;
    private final ParameterStore store;
    private final Direction direction;

    /** Makes store and files below a folder, and checks that what was saved is what is loaded. */
    FileExperiment(Path below, int mebibytes, Direction direction) throws IOException {
        this.direction = direction;
        folder = Files.createTempDirectory(below, "polyak-files");
        file = folder.resolve("checkpoint.safetensors");
        plain = folder.resolve("plain");
        ParameterLayout layout = Tensors.of(Math.max(1, mebibytes * (1 << 20) / TENSOR), TENSOR / Float.BYTES)
                .layout(DType.F32);
        store = ParameterStore.allocate(layout, Device.cpu());
        for (int tensor = 0; tensor < layout.size(); tensor++) {
            Numbers.fill(HostStore.of(store).segment(tensor), DType.F32, tensor, 0);
        }
        save();
        writeDown();
        for (int tensor = 0; tensor < layout.size(); tensor++) {
            HostStore.of(store).segment(tensor).fill((byte) 0);
        }
        load();
        check();
    }

    private void save() throws IOException {
        Checkpoint.save(file, store, Map.of());
    }

    private void load() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            store.copyFrom(checkpoint.store());
        }
    }

    private void writeDown() throws IOException {
        try (FileChannel channel = FileChannel.open(
                plain, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (int tensor = 0; tensor < store.layout().size(); tensor++) {
                var bytes = HostStore.of(store).segment(tensor).asByteBuffer();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            channel.force(true);
        }
    }

    private void readBack() throws IOException {
        try (FileChannel channel = FileChannel.open(plain)) {
            for (int tensor = 0; tensor < store.layout().size(); tensor++) {
                var bytes = HostStore.of(store).segment(tensor).asByteBuffer();
                while (bytes.hasRemaining()) {
                    channel.read(bytes);
                }
            }
        }
    }

    private void check() {
        for (int tensor = 0; tensor < store.layout().size(); tensor++) {
            MemorySegment segment = HostStore.of(store).segment(tensor);
            for (long i = 0; i < TENSOR / Float.BYTES; i++) {
                if (Numbers.read(segment, DType.F32, i) != Numbers.at(DType.F32, tensor, i)) {
                    throw new AssertionError(
                            "element " + i + " of tensor " + tensor + " was not loaded as it was saved");
                }
            }
        }
    }

    @Override
    public List<Task> tasks() {
        long bytes = store.layout().byteSize();
        return List.of(
                direction == Direction.SAVE
                        ? new Task("save", bytes, this::save)
                        : new Task("load", bytes, this::load));
    }

    @Override
    public List<Task> limits() {
        long bytes = store.layout().byteSize();
        return List.of(
                direction == Direction.SAVE
                        ? new Task("write and fsync", bytes, this::writeDown)
                        : new Task("read", bytes, this::readBack));
    }

    @Override
    public long elements() {
        return store.layout().byteSize() / Float.BYTES;
    }

    @Override
    public void close() {
        store.close();
        try {
            Files.deleteIfExists(file);
            Files.deleteIfExists(plain);
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
