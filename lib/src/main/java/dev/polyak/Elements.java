package dev.polyak;

import dev.polyak.internal.kernel.Element;
import dev.polyak.tensor.DType;

/** The floating-point types as the kernels know them. */
final class Elements {
    private Elements() {}

    static Element of(DType dtype) {
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
