package dev.polyak.internal.kernel;

import java.lang.invoke.MethodHandles;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A backend whose loops are the templates {@code FloatLoop}, {@code DoubleLoop}, {@code FiniteScan} and
 * {@code ElementConversion} of one package. A loop is made when it is first asked for; asking again allocates nothing.
 */
@SuppressWarnings(
        "EnumOrdinal") // indexes of tables that live as long as this object; a map of pairs would allocate at each
// look-up
public final class TemplatedKernels implements Kernels {
    private static final int ELEMENTS = Element.values().length;

    private final String name;
    private final MethodHandles.Lookup lookup;
    private final int vectorBits;
    private final AtomicReferenceArray<Loop> loops =
            new AtomicReferenceArray<>(2 * Step.values().length * ELEMENTS * ELEMENTS);
    private final AtomicReferenceArray<Scan> scans = new AtomicReferenceArray<>(ELEMENTS);
    private final AtomicReferenceArray<Conversion> conversions = new AtomicReferenceArray<>(ELEMENTS * ELEMENTS);

    /**
     * A backend.
     *
     * @param name see {@link #name()}
     * @param lookup a full-power lookup of a class in the package of the templates
     * @param vectorBits size of the vectors, 0 for none
     */
    public TemplatedKernels(String name, MethodHandles.Lookup lookup, int vectorBits) {
        this.name = name;
        this.lookup = lookup;
        this.vectorBits = vectorBits;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Loop loop(Step step, Element average, Element source, boolean finiteOnly) {
        int types = average.ordinal() * ELEMENTS + source.ordinal();
        int key = (step.ordinal() * ELEMENTS * ELEMENTS + types) * 2 + (finiteOnly ? 1 : 0);
        Loop loop = loops.get(key);
        if (loop == null) {
            loop = make(new Variant.OfLoop(step, average, source, finiteOnly, vectorBits));
            loops.set(key, loop);
        }
        return loop;
    }

    private Loop make(Variant.OfLoop variant) {
        if (isInPlainJava(variant)) {
            return Template.instantiate(MethodHandles.lookup(), "F16Loop", Loop.class, variant);
        }
        String template = variant.source() == Element.F64 ? "DoubleLoop" : "FloatLoop";
        return Template.instantiate(lookup, template, Loop.class, variant);
    }

    /** Whether plain Java is the fastest of what there is, whatever the backend. */
    private static boolean isInPlainJava(Variant.OfLoop variant) {
        return variant.average() == Element.F16
                && (variant.source() == Element.F32 || variant.source() == Element.F16)
                && !variant.finiteOnly();
    }

    @Override
    public Scan scan(Element type) {
        Scan scan = scans.get(type.ordinal());
        if (scan == null) {
            scan = Template.instantiate(lookup, "FiniteScan", Scan.class, new Variant.OfScan(type, vectorBits));
            scans.set(type.ordinal(), scan);
        }
        return scan;
    }

    @Override
    public Conversion conversion(Element from, Element to) {
        int key = from.ordinal() * ELEMENTS + to.ordinal();
        Conversion conversion = conversions.get(key);
        if (conversion == null) {
            conversion = from == Element.F32 && to == Element.F16
                    ? new F16Conversion()
                    : Template.instantiate(
                            lookup,
                            "ElementConversion",
                            Conversion.class,
                            new Variant.OfConversion(from, to, vectorBits));
            conversions.set(key, conversion);
        }
        return conversion;
    }
}
