package dev.polyak.tensor;

import dev.polyak.rule.BufferPolicy;

/** What a tensor is to its model. */
public enum Role {
    /** Learned by the optimizer; averaged. */
    PARAMETER,
    /** Kept by the model itself, such as BatchNorm's running statistics; treated as a {@link BufferPolicy} says. */
    BUFFER
}
