package dev.polyak.checkpoint.internal.safetensors;

import static dev.polyak.checkpoint.internal.Text.quote;
import static dev.polyak.checkpoint.internal.Text.reason;

import dev.polyak.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file that is there completely or not at all: written beside its place under another name, brought to disk, then
 * renamed. Until {@link #commit()} an older file of its name stays as it was, and after {@link #close()} without it no
 * trace is left, also when the JVM is told to stop meanwhile (but not when it is killed).
 *
 * <p>Several threads may {@link #write} at once; the other methods are for one.
 */
public final class AtomicFile implements AutoCloseable {

    /** Opens a file to be written. */
    public interface Opener {
        FileChannel open(Path file) throws IOException;
    }

    /** Opens a new file, never one that is there. */
    public static final Opener ON_DISK =
            file -> FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private static final int NAME_KEPT = 40; // of the target's, so that the temporary name does not become too long

    private final Path name; // as the caller knows it, for messages
    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final Thread deleteAtExit;

    /**
     * Begins a file.
     *
     * @param target its place; a link is followed
     * @param opener opens the temporary file
     * @throws CheckpointException if nothing can be written there
     */
    public AtomicFile(Path target, Opener opener) throws CheckpointException {
        this.name = target;
        this.target = place(target);
        String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
        this.temporary = this.target.resolveSibling("." + start(this.target) + ".polyak-tmp-" + random);
        this.deleteAtExit = new Thread(() -> delete(temporary));
        Runtime.getRuntime().addShutdownHook(deleteAtExit);
        try {
            channel = opener.open(temporary);
        } catch (IOException e) {
            forget();
            throw failure(e, 0);
        }
    }

    /**
     * Writes bytes.
     *
     * @param bytes what to write, all that remains
     * @param position where, in bytes from the beginning
     * @throws CheckpointException if they could not be written
     */
    public void write(ByteBuffer bytes, long position) throws CheckpointException {
        try {
            long at = position;
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw failure(e, bytes.remaining());
        }
    }

    /**
     * Brings the file to disk and puts it in its place. Nothing can be written after it.
     *
     * @throws CheckpointException if the file could not be completed; what was in its place is unchanged
     */
    public void commit() throws CheckpointException {
        try {
            channel.force(true);
            channel.close();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure(e, 0);
        }
        bringToDisk(folder(target));
    }

    /** Deletes what was written, unless it was committed. A second call does nothing. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // After a commit the bytes are on disk; without it nobody wants them.
        }
        delete(temporary);
        forget();
    }

    private static Path place(Path target) throws CheckpointException {
        if (Files.isDirectory(target)) {
            throw cannotWrite(target, "it is a folder; name a file in it", null);
        }
        if (!Files.exists(target)) {
            Path folder = folder(target.toAbsolutePath());
            if (!Files.isDirectory(folder)) {
                throw cannotWrite(target, "there is no folder " + quote(folder) + "; create it", null);
            }
            return target.toAbsolutePath();
        }
        if (!Files.isRegularFile(target)) {
            throw cannotWrite(target, "it is not a regular file; choose another name", null);
        }
        if (!Files.isWritable(target)) {
            throw cannotWrite(target, "it is protected; change its permissions or choose another name", null);
        }
        try {
            return target.toRealPath(); // where a link leads, as the rename would replace the link itself
        } catch (IOException e) {
            throw cannotWrite(target, reason(e) + "; check the path", e);
        }
    }

    private CheckpointException failure(IOException e, long bytes) {
        if (e instanceof ClosedChannelException) {
            return cannotWrite(name, "it was closed, or a thread that wrote it interrupted; write it again", e);
        }
        return isFull(e, bytes)
                ? cannotWrite(name, "there is no space left; free some, or choose a name on another disk", e)
                : cannotWrite(name, reason(e) + "; check the folder and its permissions", e);
    }

    private static CheckpointException cannotWrite(Path file, String why, @Nullable IOException cause) {
        CheckpointException failure = new CheckpointException(quote(file) + " cannot be written: " + why);
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }

    private boolean isFull(IOException e, long bytes) {
        try {
            // The system's words may be in another language.
            return reason(e).contains("No space left")
                    || Files.getFileStore(folder(target)).getUsableSpace() < bytes;
        } catch (IOException unknown) {
            return false;
        }
    }

    private static void bringToDisk(Path folder) {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            // Not every system can open or force a folder. The file is complete under either name.
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Nothing more can be done; the name tells that the file is temporary.
        }
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(deleteAtExit);
        } catch (IllegalStateException e) {
            // The JVM is stopping, and the hook runs already.
        }
    }

    private static Path folder(Path file) {
        return file.resolveSibling("");
    }

    private static String start(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(
                0, name.offsetByCodePoints(0, Math.min(NAME_KEPT, name.codePointCount(0, name.length()))));
    }
}
