package dev.polyak.internal.kernel;

/** What a backend provides: every step and every conversion, in the same bits as every other backend. */
public interface Kernels {

    /** Such as {@code "scalar"} or {@code "vector, 512 bits"}. */
    String name();

    /**
     * The loop of a step over averages and sources of two types. Made at the first call, then the same object.
     *
     * @param average binary64 if the source's type is, else any other: the step is computed in binary32, and rounded to
     *     nearest even where the average is narrower
     * @param finiteOnly whether it leaves e where p is infinite or no number
     */
    Loop loop(Step step, Element average, Element source, boolean finiteOnly);

    /** The loop of a step over sources of a type, whatever their numbers are, and averages as they are computed. */
    default Loop loop(Step step, Element source) {
        return loop(step, source == Element.F64 ? Element.F64 : Element.F32, source, false);
    }

    /** The scan of a type. Made at the first call, then the same object. */
    Scan scan(Element type);

    /** The conversion between two different types. Made at the first call, then the same object. */
    Conversion conversion(Element from, Element to);
}
