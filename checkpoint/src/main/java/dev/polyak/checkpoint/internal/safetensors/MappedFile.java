package dev.polyak.checkpoint.internal.safetensors;

import static dev.polyak.checkpoint.internal.Text.quote;
import static dev.polyak.checkpoint.internal.Text.reason;

import dev.polyak.checkpoint.CheckpointException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file mapped read-only. The mapping outlives the descriptor with which it was made, so that a checkpoint of any
 * number of files holds none open.
 *
 * @param path the file
 * @param contents what its header tells
 * @param memory the whole file
 */
public record MappedFile(Path path, FileContents contents, MemorySegment memory) {

    /**
     * Maps a safetensors file.
     *
     * @param path the file
     * @param arena how long the mapping stays
     * @return the mapped file
     * @throws CheckpointException if there is no such file, or it cannot be read, or is not as its format demands
     */
    public static MappedFile open(Path path, Arena arena) throws CheckpointException {
        // A named pipe would block for ever in open.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new CheckpointException(
                    quote(path) + " cannot be read: it is not a regular file; save it to disk first");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            FileContents contents = HeaderReader.read(path, channel, size);
            return new MappedFile(path, contents, map(path, channel, size, arena));
        } catch (CheckpointException e) {
            throw e;
        } catch (IOException e) {
            throw new CheckpointException(
                    quote(path) + " cannot be read: " + reason(e) + "; check the path and its permissions", e);
        }
    }

    private static MemorySegment map(Path path, FileChannel channel, long size, Arena arena) throws IOException {
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
        } catch (IOException e) {
            if (channel.size() < size) {
                throw new CheckpointException(
                        quote(path) + " was truncated while it was opened; try again when its writer is done", e);
            }
            throw e;
        }
    }

    public MemorySegment segment(StoredTensor tensor) {
        return memory.asSlice(tensor.begin(), tensor.spec().bytes());
    }
}
