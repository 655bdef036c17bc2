package dev.polyak.checkpoint;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

/**
 * A checkpoint could not be read or written. The message is one sentence that names the file, and the tensor if one is
 * concerned, and says what to do; it can be shown to a user as it is.
 */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param message the sentence
     */
    public CheckpointException(String message) {
        super(message);
        requireNonNull(message, "message");
    }

    /**
     * A failure with its cause.
     *
     * @param message the sentence
     * @param cause what failed
     */
    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
        requireNonNull(message, "message");
        requireNonNull(cause, "cause");
    }
}
