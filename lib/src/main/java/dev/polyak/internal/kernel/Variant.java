package dev.polyak.internal.kernel;

/** The parameters of a {@link Template}. */
public sealed interface Variant {

    /** Parameters of a loop; vectors have that many bits, if it uses any. */
    record OfLoop(Step step, Element source, int vectorBits) implements Variant {}

    /** Parameters of a conversion; vectors have that many bits, if it uses any. */
    record OfConversion(Element from, Element to, int vectorBits) implements Variant {}
}
