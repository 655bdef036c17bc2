package dev.polyak.rule;

import static java.util.Objects.requireNonNull;

import dev.polyak.tensor.DType;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;

/** What becomes of one tensor under an {@link AverageRule}. */
public enum Treatment {
    /** Copied where the call copies, mixed in where it updates. */
    AVERAGE,
    /** The same for an integer: averaged in binary32, then truncated toward zero. */
    TRUNCATE,
    /** Copied at every call that does anything. */
    COPY,
    /** Copied where the call copies, else left. */
    FREEZE,
    /** Left as it was in the very first state, whatever the call does. */
    LEAVE,
    /** Not held: the average has no such tensor. */
    OMIT;

    /**
     * What becomes of a tensor under policies by kind.
     *
     * @param tensor the tensor
     * @param buffers the policy for floating-point and opaque buffers
     * @param integers the policy for integers and booleans
     * @return the treatment
     * @throws IllegalArgumentException if it is an integer or a boolean, and these are to be refused
     */
    public static Treatment of(TensorSpec tensor, BufferPolicy buffers, IntegerPolicy integers) {
        requireNonNull(tensor, "tensor");
        requireNonNull(buffers, "buffers");
        requireNonNull(integers, "integers");
        if (tensor.dtype().isInteger()) {
            return switch (integers) {
                case COPY -> COPY;
                case FREEZE -> FREEZE;
                case TRUNCATE -> tensor.dtype() == DType.BOOL ? COPY : TRUNCATE;
                case REFUSE ->
                    throw new IllegalArgumentException("tensor '" + tensor.name() + "' is " + tensor.dtype()
                            + ", and integers are to be refused: leave it out of the model, or choose a policy for it");
            };
        }
        if (tensor.role() == Role.PARAMETER) {
            return AVERAGE;
        }
        return switch (buffers) {
            case COPY -> COPY;
            case FREEZE -> FREEZE;
            case AVERAGE -> AVERAGE;
        };
    }
}
