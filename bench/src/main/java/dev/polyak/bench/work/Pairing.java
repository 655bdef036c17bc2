package dev.polyak.bench.work;

import dev.polyak.tensor.DType;

/** In which type the model is, and in which its average is kept. */
public enum Pairing {
    /** All in binary32. */
    F32(DType.F32, DType.F32),
    /** A bfloat16 model averaged in binary32: the normal case of large models. */
    BF16_TO_F32(DType.BF16, DType.F32),
    /** A binary16 model averaged in binary32. */
    F16_TO_F32(DType.F16, DType.F32),
    /** All in binary64. */
    F64(DType.F64, DType.F64),
    /** All in bfloat16. */
    BF16(DType.BF16, DType.BF16),
    /** All in binary16. */
    F16(DType.F16, DType.F16);

    private final DType source;
    private final DType kept;

    Pairing(DType source, DType kept) {
        this.source = source;
        this.kept = kept;
    }

    /** The type of the model. */
    public DType source() {
        return source;
    }

    /** The type of the average. */
    public DType kept() {
        return kept;
    }

    /** What an update of one element reads and writes: the source once, the average twice. */
    public int bytesMoved() {
        return (source.bits() + 2 * kept.bits()) / Byte.SIZE;
    }

    /** What model and average of one element take. */
    public int bytesHeld() {
        return (source.bits() + kept.bits()) / Byte.SIZE;
    }
}
