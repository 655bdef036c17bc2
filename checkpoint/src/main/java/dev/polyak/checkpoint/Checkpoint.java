package dev.polyak.checkpoint;

import static dev.polyak.checkpoint.internal.Text.quote;
import static java.util.Objects.requireNonNull;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.WrappedStoreBuilder;
import dev.polyak.checkpoint.internal.safetensors.MappedFile;
import dev.polyak.checkpoint.internal.safetensors.StoredTensor;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A checkpoint on disk as a {@link ParameterStore}: one safetensors file, or the several files of a sharded checkpoint.
 * The files are mapped read-only, so that opening reads the headers alone, and a checkpoint may be larger than memory.
 *
 * <p>The files may be replaced while they are open (written beside and renamed, as {@link SafetensorsWriter} does it),
 * but not written or truncated in place: what is read then is a mixture, or a
 * {@link dev.polyak.error.MemoryLostException} that names the file.
 *
 * <p>May be used by any thread. Must be closed after the last use of its store; closing unmaps the files.
 */
public final class Checkpoint implements AutoCloseable {
    private final Path path;
    private final List<Path> files;
    private final List<Path> fileOf;
    private final Map<String, String> metadata;
    private final HostStore store;

    private Checkpoint(Path path, List<Path> files, List<Path> fileOf, Map<String, String> metadata, HostStore store) {
        this.path = path;
        this.files = files;
        this.fileOf = fileOf;
        this.metadata = metadata;
        this.store = store;
    }

    /**
     * Opens a checkpoint, with {@linkplain BufferNames#defaults() the usual names} for buffers.
     *
     * @param path as for {@link #open(Path, BufferNames)}
     * @return the checkpoint
     * @throws CheckpointException as {@link #open(Path, BufferNames)} says
     */
    public static Checkpoint open(Path path) throws CheckpointException {
        requireNonNull(path, "path");
        return open(path, BufferNames.defaults());
    }

    /**
     * Opens a checkpoint.
     *
     * @param path a safetensors file; or the index of a sharded checkpoint, whose name ends in {@code .json}; or a
     *     folder. In a folder, its {@code *.safetensors.index.json} is opened, or if there is none, all of its
     *     {@code *.safetensors} together
     * @param buffers which tensors are buffers
     * @return the checkpoint; its tensors are in the order of their data, file after file in the order of their names
     * @throws CheckpointException if a file is missing, cannot be read, or is not as the format demands; if a tensor is
     *     in two files; if a tensor is not in the file that the index names; or if the files have averages that were
     *     not saved in the same step
     */
    public static Checkpoint open(Path path, BufferNames buffers) throws CheckpointException {
        requireNonNull(path, "path");
        requireNonNull(buffers, "buffers");
        Shards shards = Shards.of(path);
        Arena arena = Arena.ofShared();
        try {
            List<MappedFile> mapped = new ArrayList<>();
            for (Path file : shards.files()) {
                mapped.add(MappedFile.open(file, arena));
            }
            check(path, shards, mapped);
            return join(path, shards, mapped, buffers, arena);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Saves a store as one safetensors file, in the way of {@link SafetensorsWriter}, with {@link #metadataFor}
     * metadata.
     *
     * @param path the file; one that is there is replaced
     * @param store the tensors
     * @param metadata strings to add; none if empty
     * @throws CheckpointException if the file cannot be written; what was there before is unchanged
     */
    public static void save(Path path, ParameterStore store, Map<String, String> metadata) throws CheckpointException {
        requireNonNull(path, "path");
        requireNonNull(store, "store");
        requireNonNull(metadata, "metadata");
        ParameterLayout layout = store.layout();
        try (SafetensorsWriter writer = SafetensorsWriter.create(path, layout, metadataFor(layout, metadata))) {
            writer.write(store);
            writer.commit();
        }
    }

    /**
     * Metadata with which a file is read as it was meant: they record which tensors are buffers, for
     * {@link #open(Path)}; and they name a {@code format}, {@code pt} if none is given, without which Hugging Face's
     * transformers refuse a file that has metadata.
     *
     * @param layout the tensors of the file
     * @param metadata strings to add; none if empty
     * @return all of them, in order
     */
    public static Map<String, String> metadataFor(ParameterLayout layout, Map<String, String> metadata) {
        requireNonNull(layout, "layout");
        requireNonNull(metadata, "metadata");
        Map<String, String> all = new LinkedHashMap<>(metadata);
        all.putIfAbsent("format", "pt");
        all.put(RecordedBuffers.KEY, RecordedBuffers.record(layout));
        return all;
    }

    /**
     * The tensors.
     *
     * @return a read-only store, closed with this checkpoint
     */
    public HostStore store() {
        return store;
    }

    /**
     * The strings that the writer added.
     *
     * @return keys and values in order; of a sharded checkpoint those of all files, and where two differ, those of the
     *     first. Unmodifiable
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * What was opened.
     *
     * @return the path, as it was given
     */
    public Path path() {
        return path;
    }

    /**
     * The files that were read.
     *
     * @return the files with tensors, in the order of their names; then the index, if there is one
     */
    public List<Path> files() {
        return files;
    }

    /**
     * In which file a tensor is.
     *
     * @param tensor its index in the store's layout
     * @return one of {@link #files()}
     * @throws IndexOutOfBoundsException if there is no such tensor
     */
    public Path fileOf(int tensor) {
        return fileOf.get(tensor);
    }

    /** Closes the store, which unmaps the files. A second call does nothing. */
    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return path + ": " + store.layout();
    }

    private static void check(Path path, Shards shards, List<MappedFile> mapped) throws CheckpointException {
        Map<String, Path> found = new HashMap<>();
        for (MappedFile file : mapped) {
            averageOf(mapped.get(0)).requireSameSave(averageOf(file));
            for (StoredTensor tensor : file.contents().tensors()) {
                String name = tensor.spec().name();
                Path other = found.put(name, file.path());
                if (other != null) {
                    throw new CheckpointException(
                            "tensor " + quote(name) + " is in " + quote(other) + " and in " + quote(file.path())
                                    + (shards.index().isPresent()
                                            ? ", of one sharded checkpoint; save or download it again"
                                            : ", so " + quote(path)
                                                    + " is not one sharded checkpoint; name its files one by one"));
                }
            }
        }
        for (Map.Entry<String, Path> listed : shards.fileOf().entrySet()) {
            if (!listed.getValue().equals(found.get(listed.getKey()))) {
                throw new CheckpointException("tensor " + quote(listed.getKey()) + " is not in "
                        + quote(listed.getValue()) + ", where the index "
                        + quote(shards.index().map(Path::toString).orElse(""))
                        + " has it; save or download both again");
            }
        }
    }

    /** Of several averages in one file the first: all were saved at once. */
    private static AverageMetadata averageOf(MappedFile file) throws CheckpointException {
        return AverageMetadata.in(file.path(), file.contents().metadata()).get(0);
    }

    private static Checkpoint join(Path path, Shards shards, List<MappedFile> mapped, BufferNames buffers, Arena arena)
            throws CheckpointException {
        Map<String, String> metadata = new LinkedHashMap<>();
        for (MappedFile file : mapped) {
            file.contents().metadata().forEach(metadata::putIfAbsent);
        }
        Optional<Set<String>> recorded = RecordedBuffers.in(metadata, path);
        BufferNames roles = recorded.map(buffers::recorded).orElse(buffers);
        WrappedStoreBuilder store = ParameterStore.wrap().onClose(arena::close);
        List<Path> fileOf = new ArrayList<>();
        for (MappedFile file : mapped) {
            for (StoredTensor tensor : file.contents().tensors()) {
                TensorSpec spec = tensor.spec();
                store.mapped(spec.as(roles.roleOf(spec)), file.segment(tensor), file.path());
                fileOf.add(file.path());
            }
        }
        List<Path> files =
                Stream.concat(shards.files().stream(), shards.index().stream()).toList();
        return new Checkpoint(path, files, List.copyOf(fileOf), Collections.unmodifiableMap(metadata), store.build());
    }
}
