package dev.polyak.internal.kernel;

/** The parameters of a {@link Template}. */
public sealed interface Variant {

    /**
     * Parameters of a loop; vectors have that many bits, if it uses any. A finite-only loop leaves e where p is
     * infinite or no number, and counts these.
     */
    record OfLoop(Step step, Element average, Element source, boolean finiteOnly, int vectorBits) implements Variant {}

    /** Parameters of a scan for elements that are infinite or no numbers. */
    record OfScan(Element type, int vectorBits) implements Variant {}

    /** Parameters of a conversion; vectors have that many bits, if it uses any. */
    record OfConversion(Element from, Element to, int vectorBits) implements Variant {}
}
