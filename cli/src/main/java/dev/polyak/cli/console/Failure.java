package dev.polyak.cli.console;

/** A command cannot go on, and its user can do something about it. The message is one sentence, shown as it is. */
public final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param message what is wrong with what, and what to do
     */
    public Failure(String message) {
        super(message);
    }

    /**
     * A failure with its cause, which is shown on demand.
     *
     * @param message what is wrong with what, and what to do
     * @param cause what was thrown
     */
    public Failure(String message, Throwable cause) {
        super(message, cause);
    }
}
