package dev.polyak.cli;

import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Text;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says in one sentence what was thrown. */
final class Explanation {
    private static final long GIGABYTE = 1L << 30; // of the JVM's options

    private Explanation() {}

    static String of(Throwable thrown) {
        if (thrown instanceof Failure
                || thrown instanceof CheckpointException
                || thrown instanceof MemoryLostException
                || thrown instanceof CudaException) {
            return String.valueOf(thrown.getMessage());
        } else if (thrown instanceof FileSystemException e) {
            return Text.quoted(String.valueOf(e.getFile())) + ": " + reason(e);
        } else if (thrown instanceof ClosedByInterruptException) {
            return "interrupted";
        } else if (thrown instanceof OutOfMemoryError e) {
            return outOfMemory(String.valueOf(e.getMessage()));
        } else if (thrown instanceof IOException e && e.getMessage() != null) {
            return e.getMessage();
        }
        return "this should not have happened: " + thrown + "; run it again with --verbose, and report what it prints";
    }

    private static String reason(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file; check the path";
        } else if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    }

    private static String outOfMemory(String message) {
        // What the JVM says of its heap is short; what the library says of native memory is a sentence already.
        if (!message.contains("heap") && !message.contains("GC overhead")) {
            return "out of memory: " + message;
        }
        long limit = Runtime.getRuntime().maxMemory();
        return "the Java heap of " + Text.bytes(limit)
                + " is too small for so many tensors or files; set POLYAK_JAVA_OPTS=-Xmx" + (2 * limit / GIGABYTE + 1)
                + "g, on a machine with more memory than that";
    }
}
