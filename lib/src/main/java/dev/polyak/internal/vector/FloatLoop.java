package dev.polyak.internal.vector;

import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.Loop;
import dev.polyak.internal.kernel.NativeMemory;
import dev.polyak.internal.kernel.Step;
import dev.polyak.internal.kernel.Template;
import dev.polyak.internal.kernel.Variant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template: a step in binary32. Its loops are in methods too large to be inlined into their callers: a call that was
 * rare when its caller was compiled would be inlined without what the loop needs inlined, and box every vector from
 * then on.
 *
 * <p>The elements that do not fill a vector are computed by the step's scalar definition, and so are averages in
 * binary16 that are not left to the plain loop which is faster there.
 */
final class FloatLoop implements Loop {
    private static final Variant.OfLoop VARIANT = Template.data(MethodHandles.lookup(), Variant.OfLoop.class);
    private static final Step STEP = VARIANT.step();
    private static final Element AVERAGE = VARIANT.average();
    private static final Element SOURCE = VARIANT.source();
    private static final boolean FINITE_ONLY = VARIANT.finiteOnly();
    private static final int AVERAGE_BYTES = AVERAGE.bytes();
    private static final int SOURCE_BYTES = SOURCE.bytes();
    private static final VectorSpecies<Float> FLOATS = Species.floats(VARIANT.vectorBits());
    private static final VectorSpecies<Integer> INTS = Species.ints(VARIANT.vectorBits());
    private static final VectorSpecies<Short> SHORTS = Species.shorts(VARIANT.vectorBits());
    private static final int LANES = FLOATS.length();
    /**
     * With fewer elements there are no vectors: a loop that most calls hardly enter would be compiled as if it were
     * cold, with its helpers called instead of inlined, and every vector boxed on the way.
     */
    private static final int FEW = 4 * LANES;

    /** With fewer elements there are no vectors until the loop is compiled. */
    private static final int FEW_YET = Compilation.FEWEST * LANES;

    private static final Compilation ONE = new Compilation(5);
    private static final Compilation FOUR = new Compilation(3);
    private static final Compilation TWO = new Compilation(8);

    @Override
    public long one(MemorySegment e, long eAt, MemorySegment p, long pAt, double a, double b, int n) {
        if (AVERAGE == Element.F16 || n < (ONE.isDone() ? FEW : FEW_YET)) {
            return few(e, eAt, p, pAt, a, b, n);
        }
        return ONE.isDone() ? many(e, eAt, p, pAt, a, b, n) : manyOfCopy(e, eAt, p, pAt, a, b, n);
    }

    private static long manyOfCopy(MemorySegment e, long eAt, MemorySegment p, long pAt, double a, double b, int n) {
        long left = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = Compilation.room(arena);
            for (int i = 0, length; i < n; i += length) {
                length = Compilation.block(i, n);
                long at = eAt + (long) i * AVERAGE_BYTES;
                MemorySegment.copy(p, pAt + (long) i * SOURCE_BYTES, copy, 0, (long) length * SOURCE_BYTES);
                long start = System.nanoTime();
                left += length < FEW ? few(e, at, copy, 0, a, b, length) : many(e, at, copy, 0, a, b, length);
                ONE.took(System.nanoTime() - start, length / LANES);
            }
        }
        return left;
    }

    private static long few(MemorySegment e, long eAt, MemorySegment p, long pAt, double a, double b, int n) {
        long left = 0;
        for (int i = 0; i < n; i++) {
            long at = eAt + (long) i * AVERAGE_BYTES;
            float source = SOURCE.floatAt(p, pAt + (long) i * SOURCE_BYTES);
            if (FINITE_ONLY && !Float.isFinite(source)) {
                left++;
            } else {
                AVERAGE.putFloat(e, at, STEP.apply(AVERAGE.floatAt(e, at), source, (float) a, (float) b));
            }
        }
        return left;
    }

    private static long many(
            MemorySegment eMemory, long eAt, MemorySegment pMemory, long pAt, double a, double b, int n) {
        MemorySegment e = NativeMemory.of(eMemory);
        MemorySegment p = NativeMemory.of(pMemory);
        FloatVector vectorA = FloatVector.broadcast(FLOATS, (float) a);
        FloatVector vectorB = FloatVector.broadcast(FLOATS, (float) b);
        long left = 0;
        int whole = FLOATS.loopBound(n);
        if (FINITE_ONLY) {
            for (int i = 0; i < whole; i += LANES) {
                long at = eAt + (long) i * AVERAGE_BYTES;
                FloatVector average = load(AVERAGE, e, at);
                FloatVector source = source(p, pAt, i);
                VectorMask<Float> finite = source.abs().compare(VectorOperators.LE, Float.MAX_VALUE);
                left += LANES - finite.trueCount();
                store(average.blend(step(average, source, vectorA, vectorB), finite), e, at);
            }
        } else {
            for (int i = 0; i < whole; i += LANES) {
                long at = eAt + (long) i * AVERAGE_BYTES;
                FloatVector average = load(AVERAGE, e, at);
                store(step(average, source(p, pAt, i), vectorA, vectorB), e, at);
            }
        }
        for (int i = whole; i < n; i++) {
            long at = eAt + (long) i * AVERAGE_BYTES;
            float source = SOURCE.floatAt(p, pAt + (long) i * SOURCE_BYTES);
            if (FINITE_ONLY && !Float.isFinite(source)) {
                left++;
            } else {
                AVERAGE.putFloat(e, at, STEP.apply(AVERAGE.floatAt(e, at), source, (float) a, (float) b));
            }
        }
        return left;
    }

    @Override
    public long four(
            MemorySegment eMemory,
            long eAt,
            MemorySegment[] sources,
            long[] at,
            double[] a,
            double[] b,
            int first,
            int n) {
        if (FINITE_ONLY || AVERAGE != Element.F32 || n < (FOUR.isDone() ? FEW : FEW_YET)) {
            return Loop.super.four(eMemory, eAt, sources, at, a, b, first, n);
        }
        if (FOUR.isDone()) {
            fourOfMany(eMemory, eAt, sources, at, a, b, first, n);
        } else {
            fourOfCopies(eMemory, eAt, sources, at, a, b, first, n);
        }
        return 0;
    }

    private void fourOfCopies(
            MemorySegment e, long eAt, MemorySegment[] sources, long[] at, double[] a, double[] b, int first, int n) {
        MemorySegment[] copies = new MemorySegment[first + 4];
        long[] begin = new long[first + 4];
        try (Arena arena = Arena.ofConfined()) {
            for (int j = first; j < first + 4; j++) {
                copies[j] = Compilation.room(arena);
            }
            for (int i = 0, length; i < n; i += length) {
                length = Compilation.block(i, n);
                long here = eAt + (long) i * AVERAGE_BYTES;
                for (int j = first; j < first + 4; j++) {
                    long there = at[j] + (long) i * SOURCE_BYTES;
                    MemorySegment.copy(sources[j], there, copies[j], 0, (long) length * SOURCE_BYTES);
                }
                long start = System.nanoTime();
                if (length < FEW) {
                    Loop.super.four(e, here, copies, begin, a, b, first, length);
                } else {
                    fourOfMany(e, here, copies, begin, a, b, first, length);
                }
                FOUR.took(System.nanoTime() - start, 4 * (length / LANES));
            }
        }
    }

    private void fourOfMany(
            MemorySegment eMemory,
            long eAt,
            MemorySegment[] sources,
            long[] at,
            double[] a,
            double[] b,
            int first,
            int n) {
        MemorySegment e = NativeMemory.of(eMemory);
        MemorySegment p0 = NativeMemory.of(sources[first]);
        MemorySegment p1 = NativeMemory.of(sources[first + 1]);
        MemorySegment p2 = NativeMemory.of(sources[first + 2]);
        MemorySegment p3 = NativeMemory.of(sources[first + 3]);
        long at0 = at[first];
        long at1 = at[first + 1];
        long at2 = at[first + 2];
        long at3 = at[first + 3];
        FloatVector a0 = FloatVector.broadcast(FLOATS, (float) a[first]);
        FloatVector a1 = FloatVector.broadcast(FLOATS, (float) a[first + 1]);
        FloatVector a2 = FloatVector.broadcast(FLOATS, (float) a[first + 2]);
        FloatVector a3 = FloatVector.broadcast(FLOATS, (float) a[first + 3]);
        FloatVector b0 = FloatVector.broadcast(FLOATS, (float) b[first]);
        FloatVector b1 = FloatVector.broadcast(FLOATS, (float) b[first + 1]);
        FloatVector b2 = FloatVector.broadcast(FLOATS, (float) b[first + 2]);
        FloatVector b3 = FloatVector.broadcast(FLOATS, (float) b[first + 3]);
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += LANES) {
            long here = eAt + (long) i * Float.BYTES;
            FloatVector average = FloatVector.fromMemorySegment(FLOATS, e, here, Species.ORDER);
            average = step(average, source(p0, at0, i), a0, b0);
            average = step(average, source(p1, at1, i), a1, b1);
            average = step(average, source(p2, at2, i), a2, b2);
            average = step(average, source(p3, at3, i), a3, b3);
            average.intoMemorySegment(e, here, Species.ORDER);
        }
        for (int j = first; whole < n && j < first + 4; j++) {
            long pAt = at[j] + (long) whole * SOURCE_BYTES;
            one(e, eAt + (long) whole * Float.BYTES, sources[j], pAt, a[j], b[j], n - whole);
        }
    }

    @Override
    public long two(
            MemorySegment eMemory,
            MemorySegment fMemory,
            long eAt,
            MemorySegment pMemory,
            long pAt,
            double[] a,
            double[] b,
            int n) {
        if (FINITE_ONLY || AVERAGE != Element.F32 || n < (TWO.isDone() ? FEW : FEW_YET)) {
            return Loop.super.two(eMemory, fMemory, eAt, pMemory, pAt, a, b, n);
        }
        if (TWO.isDone()) {
            twoOfMany(eMemory, fMemory, eAt, pMemory, pAt, a, b, n);
        } else {
            twoOfCopy(eMemory, fMemory, eAt, pMemory, pAt, a, b, n);
        }
        return 0;
    }

    private static void twoOfCopy(
            MemorySegment e, MemorySegment f, long eAt, MemorySegment p, long pAt, double[] a, double[] b, int n) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = Compilation.room(arena);
            for (int i = 0, length; i < n; i += length) {
                length = Compilation.block(i, n);
                long at = eAt + (long) i * Float.BYTES;
                MemorySegment.copy(p, pAt + (long) i * SOURCE_BYTES, copy, 0, (long) length * SOURCE_BYTES);
                long start = System.nanoTime();
                twoOfMany(e, f, at, copy, 0, a, b, length); // fewer than a vector has are computed one by one
                TWO.took(System.nanoTime() - start, length / LANES);
            }
        }
    }

    private static void twoOfMany(
            MemorySegment eMemory,
            MemorySegment fMemory,
            long eAt,
            MemorySegment pMemory,
            long pAt,
            double[] a,
            double[] b,
            int n) {
        MemorySegment e = NativeMemory.of(eMemory);
        MemorySegment f = NativeMemory.of(fMemory);
        MemorySegment p = NativeMemory.of(pMemory);
        FloatVector a0 = FloatVector.broadcast(FLOATS, (float) a[0]);
        FloatVector a1 = FloatVector.broadcast(FLOATS, (float) a[1]);
        FloatVector b0 = FloatVector.broadcast(FLOATS, (float) b[0]);
        FloatVector b1 = FloatVector.broadcast(FLOATS, (float) b[1]);
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += LANES) {
            long here = eAt + (long) i * Float.BYTES;
            FloatVector source = source(p, pAt, i);
            // Both are read before either is written: processors compare the last twelve bits of addresses first, and
            // stores of one layout agree in them, so that reading f behind the write to e may wait for it.
            FloatVector average = FloatVector.fromMemorySegment(FLOATS, e, here, Species.ORDER);
            FloatVector other = FloatVector.fromMemorySegment(FLOATS, f, here, Species.ORDER);
            step(average, source, a0, b0).intoMemorySegment(e, here, Species.ORDER);
            step(other, source, a1, b1).intoMemorySegment(f, here, Species.ORDER);
        }
        for (int i = whole; i < n; i++) {
            long here = eAt + (long) i * Float.BYTES;
            float source = SOURCE.floatAt(p, pAt + (long) i * SOURCE_BYTES);
            float average = Element.F32.floatAt(e, here);
            Element.F32.putFloat(e, here, STEP.apply(average, source, (float) a[0], (float) b[0]));
            average = Element.F32.floatAt(f, here);
            Element.F32.putFloat(f, here, STEP.apply(average, source, (float) a[1], (float) b[1]));
        }
    }

    private static FloatVector source(MemorySegment p, long pAt, int i) {
        return load(SOURCE, p, pAt + (long) i * SOURCE_BYTES);
    }

    private static FloatVector load(Element type, MemorySegment memory, long at) {
        NativeMemory.surviveLoss();
        if (type == Element.F32) {
            return FloatVector.fromMemorySegment(FLOATS, memory, at, Species.ORDER);
        }
        IntVector bits = (IntVector) ShortVector.fromMemorySegment(SHORTS, memory, at, Species.ORDER)
                .convertShape(VectorOperators.S2I, INTS, 0);
        return type == Element.BF16 ? Bf16AndF16.fromBf16(bits) : Bf16AndF16.fromF16(bits, INTS);
    }

    private static void store(FloatVector values, MemorySegment e, long at) {
        if (AVERAGE == Element.F32) {
            values.intoMemorySegment(e, at, Species.ORDER);
        } else {
            ((ShortVector) Bf16AndF16.toBf16(values, INTS).convertShape(VectorOperators.I2S, SHORTS, 0))
                    .intoMemorySegment(e, at, Species.ORDER);
        }
    }

    private static FloatVector step(FloatVector e, FloatVector p, FloatVector a, FloatVector b) {
        // A chain of constant conditions, which the JIT folds; a switch would read an array that it cannot.
        if (STEP == Step.LERP_LOW) {
            return p.sub(e).fma(a, e);
        } else if (STEP == Step.LERP_HIGH) {
            return p.sub(e).fma(a, p);
        } else if (STEP == Step.MUL_ADD) {
            return p.fma(a, e.mul(b));
        } else if (STEP == Step.BLEND) {
            return e.mul(b).add(p.mul(a));
        } else if (STEP == Step.STEP_BACK) {
            return e.sub(e.sub(p).mul(a));
        } else if (STEP == Step.STEP_BACK_FUSED) {
            return e.sub(p).fma(a, e);
        } else if (STEP == Step.MEAN) {
            return e.add(p.sub(e).div(a));
        } else if (STEP == Step.SCALE) {
            return e.mul(a);
        } else if (STEP == Step.DIVIDE) {
            return e.div(a);
        } else if (STEP == Step.ADD) {
            return e.add(p);
        } else if (STEP == Step.SUBTRACT) {
            return e.sub(p);
        } else if (STEP == Step.SUBTRACT_FROM) {
            return p.sub(e);
        } else {
            return p.fma(a, e); // ADD_SCALED
        }
    }
}
