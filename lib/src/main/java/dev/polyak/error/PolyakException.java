package dev.polyak.error;

/**
 * A failure of the library's own kind: not of an argument or a call out of order, for which it throws the JDK's
 * exceptions, but of memory, numbers or a device while it works. Files have a checked exception of their own.
 */
public abstract sealed class PolyakException extends RuntimeException
        permits CudaException, MemoryLostException, NonFiniteException, UpdateFailedException {
    private static final long serialVersionUID = 1L;

    PolyakException(String message) {
        super(message);
    }

    PolyakException(String message, Throwable cause) {
        super(message, cause);
    }
}
