package dev.polyak.gpucheck.check;

import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import java.util.stream.IntStream;

/** Models to check with. */
final class Tensors {
    /** The floating-point types. */
    static final List<DType> FLOATS = List.of(DType.F32, DType.F64, DType.BF16, DType.F16);
    /** The integers that can be averaged. */
    static final List<DType> INTEGERS =
            List.of(DType.I8, DType.U8, DType.I16, DType.U16, DType.I32, DType.U32, DType.I64, DType.U64);
    /** Around the sizes of accesses, warps and blocks. */
    private static final int[] SIZES = {1, 2, 3, 0, 7, 9, 17, 31, 257, 1025};

    private Tensors() {}

    /** A large tensor, and small ones of odd sizes. */
    static ParameterLayout odd(DType type, int elements) {
        return ParameterLayout.of(IntStream.rangeClosed(0, SIZES.length)
                .mapToObj(i -> TensorSpec.parameter("t" + i, type, i < SIZES.length ? SIZES[i] : elements))
                .toList());
    }
}
