package dev.polyak.offload;

/**
 * When the parts of an update in the background took place, as {@link System#nanoTime()} tells.
 *
 * @param begun when the update was asked for
 * @param read when all of the model's numbers were there
 * @param updating when the averages began to change; later than {@code read} if a reader held them
 * @param done when they had changed
 */
public record UpdateTimes(long begun, long read, long updating, long done) {
    /** Those of an update that was not made in the background, or has not ended well. */
    public static final UpdateTimes NONE = new UpdateTimes(0, 0, 0, 0);
}
