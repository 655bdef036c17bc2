package dev.polyak.internal.kernel;

import dev.polyak.tensor.DType;

/** The floating-point types as the kernels know them. */
public final class Elements {
    private Elements() {}

    public static Element of(DType dtype) {
        return switch (dtype) {
            case F64 -> Element.F64;
            case F32 -> Element.F32;
            case F16 -> Element.F16;
            case BF16 -> Element.BF16;
            default ->
                throw new IllegalArgumentException(dtype + " is not a floating-point type that can be computed with");
        };
    }
}
