package dev.polyak.error;

/**
 * Memory that was there when an operation began was gone before it ended: a mapped file was truncated by someone else,
 * or the arena of a wrapped segment was closed. The message names the tensor or file and says what to do.
 */
public final class MemoryLostException extends PolyakException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure of memory.
     *
     * @param message what was lost, where, and what to do
     * @param cause what the JVM reported
     */
    public MemoryLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
