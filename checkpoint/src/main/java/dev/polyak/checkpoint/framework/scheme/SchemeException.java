package dev.polyak.checkpoint.framework.scheme;

/**
 * A state is not as its framework saves it, or cannot be saved as a framework would. The message is a phrase to be said
 * of the checkpoint, such as {@code has no 'n_averaged'; save it again}.
 */
public final class SchemeException extends Exception {
    private static final long serialVersionUID = 1L;

    SchemeException(String message) {
        super(message);
    }
}
