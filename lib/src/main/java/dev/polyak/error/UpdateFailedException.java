package dev.polyak.error;

/** An update that ran in the background failed; the average is as it was before it. The cause says why. */
public final class UpdateFailedException extends PolyakException {
    private static final long serialVersionUID = 1;

    /**
     * A failure.
     *
     * @param message which update, and why
     * @param cause what failed
     */
    public UpdateFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
