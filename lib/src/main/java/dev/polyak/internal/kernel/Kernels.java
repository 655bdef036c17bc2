package dev.polyak.internal.kernel;

/** What a backend provides: every step and every conversion, in the same bits as every other backend. */
public interface Kernels {

    /** Such as {@code "scalar"} or {@code "vector, 512 bits"}. */
    String name();

    /** The loop of a step over sources of a type. Made at the first call, then the same object. */
    Loop loop(Step step, Element source);

    /** The conversion between two different types. Made at the first call, then the same object. */
    Conversion conversion(Element from, Element to);
}
