package dev.polyak.rule;

/** What an average does with floating-point buffers, such as BatchNorm's running statistics. */
public enum BufferPolicy {
    /**
     * The average holds the source's current value, also after calls that do not average (mmengine's and PyTorch's
     * default).
     */
    COPY,
    /** Averaged as the parameters are (timm, Composer). */
    AVERAGE,
    /** Stays as it was when the average began. */
    FREEZE
}
