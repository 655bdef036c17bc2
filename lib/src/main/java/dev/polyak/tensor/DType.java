package dev.polyak.tensor;

import dev.polyak.rule.IntegerPolicy;

/**
 * The element type of a tensor.
 *
 * <p>The constants are those of the safetensors format, in that format's own order (its writers sort tensors by it).
 * Polyak averages the four {@linkplain Kind#FLOAT floating-point} types; integers and booleans are copied, frozen or
 * averaged and truncated, as an {@link IntegerPolicy} says; {@linkplain Kind#OPAQUE opaque} types are carried, never
 * computed with.
 */
public enum DType {
    /** Boolean, one byte an element. */
    BOOL(Kind.BOOL, 8),
    /** 4-bit float (E2M1), two elements a byte. */
    F4(Kind.OPAQUE, 4),
    /** 6-bit float (E2M3). */
    F6_E2M3(Kind.OPAQUE, 6),
    /** 6-bit float (E3M2). */
    F6_E3M2(Kind.OPAQUE, 6),
    /** Unsigned 8-bit integer. */
    U8(Kind.UNSIGNED, 8),
    /** Signed 8-bit integer. */
    I8(Kind.SIGNED, 8),
    /** 8-bit float (E5M2). */
    F8_E5M2(Kind.OPAQUE, 8),
    /** 8-bit float (E4M3). */
    F8_E4M3(Kind.OPAQUE, 8),
    /** 8-bit exponent (E8M0), a scale of block formats. */
    F8_E8M0(Kind.OPAQUE, 8),
    /** 8-bit float (E4M3, finite, no negative zero). */
    F8_E4M3FNUZ(Kind.OPAQUE, 8),
    /** 8-bit float (E5M2, finite, no negative zero). */
    F8_E5M2FNUZ(Kind.OPAQUE, 8),
    /** Signed 16-bit integer. */
    I16(Kind.SIGNED, 16),
    /** Unsigned 16-bit integer. */
    U16(Kind.UNSIGNED, 16),
    /** IEEE 754 binary16. */
    F16(Kind.FLOAT, 16),
    /** bfloat16: the upper half of a binary32. */
    BF16(Kind.FLOAT, 16),
    /** Signed 32-bit integer. */
    I32(Kind.SIGNED, 32),
    /** Unsigned 32-bit integer. */
    U32(Kind.UNSIGNED, 32),
    /** IEEE 754 binary32. */
    F32(Kind.FLOAT, 32),
    /** Complex number of two binary32. */
    C64(Kind.OPAQUE, 64),
    /** IEEE 754 binary64. */
    F64(Kind.FLOAT, 64),
    /** Signed 64-bit integer. */
    I64(Kind.SIGNED, 64),
    /** Unsigned 64-bit integer. */
    U64(Kind.UNSIGNED, 64);

    /** What can be done with the elements of a type. */
    public enum Kind {
        /** Averaged. */
        FLOAT,
        /** Signed integer. */
        SIGNED,
        /** Unsigned integer. */
        UNSIGNED,
        /** Boolean. */
        BOOL,
        /** Carried as bytes. */
        OPAQUE
    }

    private final Kind kind;
    private final int bits;

    DType(Kind kind, int bits) {
        this.kind = kind;
        this.bits = bits;
    }

    /**
     * What can be done with elements of this type.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Size of one element.
     *
     * @return bits per element, 4 to 64
     */
    public int bits() {
        return bits;
    }

    /**
     * Whether Polyak averages this type: {@link #F64}, {@link #F32}, {@link #F16} and {@link #BF16}.
     *
     * @return true for the four floating-point types
     */
    public boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    /**
     * Whether this is an integer type or {@link #BOOL}.
     *
     * @return true for integers and booleans
     */
    public boolean isInteger() {
        return kind == Kind.SIGNED || kind == Kind.UNSIGNED || kind == Kind.BOOL;
    }

    /**
     * Memory that a number of elements takes.
     *
     * @param elements number of elements, not negative
     * @return bytes
     * @throws IllegalArgumentException if the elements do not fill whole bytes, or need more than
     *     {@link Long#MAX_VALUE} bytes
     */
    public long bytes(long elements) {
        long high = Math.multiplyHigh(elements, bits);
        long low = elements * bits;
        if (elements < 0 || high != 0 || low < 0) {
            throw new IllegalArgumentException(elements + " elements of " + this + " are more than memory can hold");
        }
        if (low % 8 != 0) {
            throw new IllegalArgumentException(elements + " elements of " + this + " do not fill whole bytes");
        }
        return low / 8;
    }
}
