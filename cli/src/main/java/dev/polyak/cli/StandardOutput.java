package dev.polyak.cli;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Remembers why it could not be written to. A PrintWriter only remembers that, and then a full disk and a reader that
 * has seen enough ({@code polyak inspect … | head}) look the same.
 */
final class StandardOutput extends OutputStream {
    private final OutputStream target;
    private @Nullable IOException failure;

    StandardOutput(OutputStream target) {
        this.target = target;
    }

    /** The first failure; null if all went well, or if the reader went away, which is its right. */
    @Nullable
    IOException failure() {
        return failure == null || isBrokenPipe(failure) ? null : failure;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        attempt(() -> target.write(bytes, offset, length));
    }

    @Override
    public void flush() {
        attempt(target::flush);
    }

    private interface Action {
        void run() throws IOException;
    }

    private void attempt(Action action) {
        if (failure == null) {
            try {
                action.run();
            } catch (IOException e) {
                failure = e;
            }
        }
    }

    private static boolean isBrokenPipe(IOException e) {
        // "Broken pipe" on Linux and macOS; Windows says that a pipe is being closed, or has been ended.
        return String.valueOf(e.getMessage()).contains("pipe");
    }
}
