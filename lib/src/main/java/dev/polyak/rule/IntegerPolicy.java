package dev.polyak.rule;

/** What an average does with integers and booleans, such as BatchNorm's {@code num_batches_tracked}. */
public enum IntegerPolicy {
    /** The average holds the source's current value, also after calls that do not average. */
    COPY,
    /**
     * Averaged in binary32 and truncated toward zero at every update, as timm's ModelEma and ModelEmaV2, Composer and
     * PyTorch's {@code use_buffers} do it. Booleans are copied.
     */
    TRUNCATE,
    /** Stays as it was when the average began. */
    FREEZE,
    /** Is an error: a model that has one cannot be averaged. */
    REFUSE
}
