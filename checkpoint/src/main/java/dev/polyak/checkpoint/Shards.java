package dev.polyak.checkpoint;

import static dev.polyak.checkpoint.internal.Text.quote;
import static dev.polyak.checkpoint.internal.Text.reason;
import static dev.polyak.checkpoint.internal.Text.some;

import dev.polyak.checkpoint.internal.safetensors.ShardIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files that make up one checkpoint.
 *
 * @param index the index that lists them, if there is one
 * @param fileOf for every tensor that the index lists, its file
 * @param files the files, in the order of their names
 */
record Shards(Optional<Path> index, Map<String, Path> fileOf, List<Path> files) {
    /** How the names of files with tensors end. */
    static final String SAFETENSORS = ".safetensors";
    /** How the names of indexes end. */
    static final String INDEX = ".safetensors.index.json";

    /**
     * Finds the files.
     *
     * @param path a safetensors file, an index, or a folder with either
     * @return the files of the checkpoint
     * @throws CheckpointException if a folder has no checkpoint or several, an index cannot be read, or a file that it
     *     lists is missing
     */
    static Shards of(Path path) throws CheckpointException {
        if (Files.isDirectory(path)) {
            return inFolder(path);
        }
        return path.toString().endsWith(".json")
                ? indexed(path)
                : new Shards(Optional.empty(), Map.of(), List.of(path));
    }

    private static Shards inFolder(Path folder) throws CheckpointException {
        List<Path> indexes = list(folder, INDEX);
        if (indexes.size() > 1) {
            throw new CheckpointException("the folder " + quote(folder) + " has " + indexes.size() + " checkpoints: "
                    + some(indexes.stream().map(Path::toString).toList()) + "; name the one you mean");
        }
        if (indexes.size() == 1) {
            return indexed(indexes.get(0));
        }
        List<Path> files = list(folder, SAFETENSORS);
        if (files.isEmpty()) {
            throw new CheckpointException("the folder " + quote(folder) + " has no *" + SAFETENSORS + " file and no *"
                    + INDEX + "; check the path");
        }
        return new Shards(Optional.empty(), Map.of(), files);
    }

    private static Shards indexed(Path index) throws CheckpointException {
        Map<String, Path> fileOf = ShardIndex.read(index);
        List<Path> files = fileOf.values().stream().distinct().sorted().toList();
        List<String> missing =
                files.stream().filter(Files::notExists).map(Path::toString).toList();
        if (!missing.isEmpty()) {
            throw new CheckpointException("the checkpoint of the index " + quote(index) + " is not complete: "
                    + some(missing) + (missing.size() == 1 ? " is" : " are") + " missing; copy or download the rest");
        }
        return new Shards(Optional.of(index), fileOf, files);
    }

    private static List<Path> list(Path folder, String ending) throws CheckpointException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> named(file).endsWith(ending)
                            && !named(file).startsWith(".")) // as a shell's *.safetensors does
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new CheckpointException(
                    "the folder " + quote(folder) + " cannot be read: " + reason(e) + "; check its permissions", e);
        }
    }

    private static String named(Path file) {
        return String.valueOf(file.getFileName());
    }
}
