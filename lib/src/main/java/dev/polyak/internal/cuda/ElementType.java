package dev.polyak.internal.cuda;

/** What the elements of a tensor are, with the codes of {@code Type} in src/cuda/work.h. */
public enum ElementType {
    F32(0),
    F64(1),
    BF16(2),
    F16(3),
    I8(4),
    U8(5),
    I16(6),
    U16(7),
    I32(8),
    U32(9),
    I64(10),
    U64(11),
    /** Copied, exchanged and filled, never computed with. A byte is an element. */
    BYTES(12);

    private final byte code;

    ElementType(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }
}
