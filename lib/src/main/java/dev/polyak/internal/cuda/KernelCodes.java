package dev.polyak.internal.cuda;

import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.TensorSpec;

/** Types, treatments and orders as the kernels of GPUs know them. */
@SuppressWarnings("EnumOrdinal") // the constants of src/cuda/work.h are in the same order
public final class KernelCodes {
    private KernelCodes() {}

    public static ElementType of(DType dtype) {
        return switch (dtype) {
            case F32 -> ElementType.F32;
            case F64 -> ElementType.F64;
            case BF16 -> ElementType.BF16;
            case F16 -> ElementType.F16;
            case I8 -> ElementType.I8;
            case U8 -> ElementType.U8;
            case I16 -> ElementType.I16;
            case U16 -> ElementType.U16;
            case I32 -> ElementType.I32;
            case U32 -> ElementType.U32;
            case I64 -> ElementType.I64;
            case U64 -> ElementType.U64;
            default -> ElementType.BYTES;
        };
    }

    /** How many elements of that type a tensor has. */
    public static long count(TensorSpec tensor) {
        return of(tensor.dtype()) == ElementType.BYTES ? tensor.bytes() : tensor.elements();
    }

    public static byte code(Treatment treatment) {
        return (byte) treatment.ordinal();
    }

    public static int code(UpdateFormula formula) {
        return formula.ordinal();
    }
}
