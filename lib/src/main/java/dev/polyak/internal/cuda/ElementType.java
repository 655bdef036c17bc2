package dev.polyak.internal.cuda;

/** What the elements of a tensor are, in the order of {@code Type} in src/cuda/work.h. */
public enum ElementType {
    F32,
    F64,
    BF16,
    F16,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    /** Copied, exchanged and filled, never computed with. A byte is an element. */
    BYTES;

    @SuppressWarnings("EnumOrdinal") // which the order of the constants is for
    byte code() {
        return (byte) ordinal();
    }
}
