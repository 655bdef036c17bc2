package dev.polyak.error;

/** The source of an update held an infinity or a NaN, and the policy was {@link dev.polyak.NonFinitePolicy#ABORT}. */
public final class NonFiniteException extends PolyakException {
    private static final long serialVersionUID = 1L;

    /**
     * A refused update.
     *
     * @param message which tensor, how many elements, and what to do
     */
    public NonFiniteException(String message) {
        super(message);
    }
}
