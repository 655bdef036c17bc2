package dev.polyak.internal.cuda;

import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.TensorSpec;

/** Types, treatments and formulas as the kernels of GPUs know them: the codes of src/cuda/work.h. */
public final class KernelCodes {
    private KernelCodes() {}

    /** The type of a tensor's elements. */
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

    /** The code of a treatment of tensors that an average holds. */
    public static byte code(Treatment treatment) {
        return switch (treatment) {
            case AVERAGE -> 0;
            case TRUNCATE -> 1;
            case COPY -> 2;
            case FREEZE -> 3;
            case LEAVE -> 4;
            case OMIT ->
                throw new IllegalArgumentException("no kernel is handed a tensor that an average does not hold");
        };
    }

    /** The code of a formula. */
    public static int code(UpdateFormula formula) {
        return switch (formula) {
            case LERP -> 0;
            case MUL_ADD -> 1;
            case BLEND -> 2;
            case STEP_BACK -> 3;
            case STEP_BACK_FUSED -> 4;
            case TOWARDS -> 5;
            case MEAN -> 6;
        };
    }
}
