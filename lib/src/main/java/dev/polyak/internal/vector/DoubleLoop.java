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
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template: a step in binary64. Its loops are in methods too large to be inlined into their callers: a call that was
 * rare when its caller was compiled would be inlined without what the loop needs inlined, and box every vector from
 * then on.
 *
 * <p>The elements that do not fill a vector are computed by the step's scalar definition.
 */
final class DoubleLoop implements Loop {
    private static final Variant.OfLoop VARIANT = Template.data(MethodHandles.lookup(), Variant.OfLoop.class);
    private static final Step STEP = VARIANT.step();
    private static final boolean FINITE_ONLY = VARIANT.finiteOnly();
    private static final VectorSpecies<Double> DOUBLES = Species.doubles(VARIANT.vectorBits());
    private static final int LANES = DOUBLES.length();
    /**
     * With fewer elements there are no vectors: a loop that most calls hardly enter would be compiled as if it were
     * cold, with its helpers called instead of inlined, and every vector boxed on the way.
     */
    private static final int FEW = 4 * LANES;

    /** With fewer elements there are no vectors until the loop is compiled. */
    private static final int FEW_YET = Compilation.FEWEST * LANES;

    private static final Compilation ONE = new Compilation(5);
    private static final Compilation FOUR = new Compilation(3);

    @Override
    public long one(MemorySegment e, long eAt, MemorySegment p, long pAt, double a, double b, int n) {
        // Of masks of two lanes C2 makes objects.
        if (n < (ONE.isDone() ? FEW : FEW_YET) || (FINITE_ONLY && LANES == 2)) {
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
                long at = eAt + (long) i * Double.BYTES;
                MemorySegment.copy(p, pAt + (long) i * Double.BYTES, copy, 0, (long) length * Double.BYTES);
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
            long at = eAt + (long) i * Double.BYTES;
            double source = Element.F64.doubleAt(p, pAt + (long) i * Double.BYTES);
            if (FINITE_ONLY && !Double.isFinite(source)) {
                left++;
            } else {
                Element.F64.putDouble(e, at, STEP.apply(Element.F64.doubleAt(e, at), source, a, b));
            }
        }
        return left;
    }

    private static long many(
            MemorySegment eMemory, long eAt, MemorySegment pMemory, long pAt, double a, double b, int n) {
        MemorySegment e = NativeMemory.of(eMemory);
        MemorySegment p = NativeMemory.of(pMemory);
        DoubleVector vectorA = DoubleVector.broadcast(DOUBLES, a);
        DoubleVector vectorB = DoubleVector.broadcast(DOUBLES, b);
        long left = 0;
        int whole = DOUBLES.loopBound(n);
        if (FINITE_ONLY) {
            for (int i = 0; i < whole; i += LANES) {
                long at = eAt + (long) i * Double.BYTES;
                DoubleVector average = DoubleVector.fromMemorySegment(DOUBLES, e, at, Species.ORDER);
                DoubleVector source = source(p, pAt, i);
                VectorMask<Double> finite = source.abs().compare(VectorOperators.LE, Double.MAX_VALUE);
                left += LANES - finite.trueCount();
                average.blend(step(average, source, vectorA, vectorB), finite).intoMemorySegment(e, at, Species.ORDER);
            }
        } else {
            for (int i = 0; i < whole; i += LANES) {
                long at = eAt + (long) i * Double.BYTES;
                DoubleVector average = DoubleVector.fromMemorySegment(DOUBLES, e, at, Species.ORDER);
                step(average, source(p, pAt, i), vectorA, vectorB).intoMemorySegment(e, at, Species.ORDER);
            }
        }
        for (int i = whole; i < n; i++) {
            long at = eAt + (long) i * Double.BYTES;
            double source = Element.F64.doubleAt(p, pAt + (long) i * Double.BYTES);
            if (FINITE_ONLY && !Double.isFinite(source)) {
                left++;
            } else {
                Element.F64.putDouble(e, at, STEP.apply(Element.F64.doubleAt(e, at), source, a, b));
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
        if (FINITE_ONLY || n < (FOUR.isDone() ? FEW : FEW_YET)) {
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
                long here = eAt + (long) i * Double.BYTES;
                for (int j = first; j < first + 4; j++) {
                    long there = at[j] + (long) i * Double.BYTES;
                    MemorySegment.copy(sources[j], there, copies[j], 0, (long) length * Double.BYTES);
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
        DoubleVector a0 = DoubleVector.broadcast(DOUBLES, a[first]);
        DoubleVector a1 = DoubleVector.broadcast(DOUBLES, a[first + 1]);
        DoubleVector a2 = DoubleVector.broadcast(DOUBLES, a[first + 2]);
        DoubleVector a3 = DoubleVector.broadcast(DOUBLES, a[first + 3]);
        DoubleVector b0 = DoubleVector.broadcast(DOUBLES, b[first]);
        DoubleVector b1 = DoubleVector.broadcast(DOUBLES, b[first + 1]);
        DoubleVector b2 = DoubleVector.broadcast(DOUBLES, b[first + 2]);
        DoubleVector b3 = DoubleVector.broadcast(DOUBLES, b[first + 3]);
        int whole = DOUBLES.loopBound(n);
        for (int i = 0; i < whole; i += LANES) {
            long here = eAt + (long) i * Double.BYTES;
            DoubleVector average = DoubleVector.fromMemorySegment(DOUBLES, e, here, Species.ORDER);
            average = step(average, source(p0, at0, i), a0, b0);
            average = step(average, source(p1, at1, i), a1, b1);
            average = step(average, source(p2, at2, i), a2, b2);
            average = step(average, source(p3, at3, i), a3, b3);
            average.intoMemorySegment(e, here, Species.ORDER);
        }
        for (int j = first; whole < n && j < first + 4; j++) {
            long pAt = at[j] + (long) whole * Double.BYTES;
            one(e, eAt + (long) whole * Double.BYTES, sources[j], pAt, a[j], b[j], n - whole);
        }
    }

    private static DoubleVector source(MemorySegment p, long pAt, int i) {
        NativeMemory.surviveLoss();
        return DoubleVector.fromMemorySegment(DOUBLES, p, pAt + (long) i * Double.BYTES, Species.ORDER);
    }

    private static DoubleVector step(DoubleVector e, DoubleVector p, DoubleVector a, DoubleVector b) {
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
