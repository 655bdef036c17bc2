package dev.polyak.internal.kernel;

import dev.polyak.schedule.UpdateFormula;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Mixes sources into a piece of an average, for any pair of element types. Arithmetic is in binary64 if average or
 * source is, else in binary32. For one thread; it owns four buffers of the size of an L1 cache's part, in which types
 * are converted.
 */
public final class UpdateKernel {
    /** The buffers take 22 KB, less than the smallest L1 cache in use. */
    private static final int BUFFERED = 1024;

    private final Kernels kernels;
    private final MemorySegment average;
    private final MemorySegment source;
    private final MemorySegment before;
    private final MemorySegment narrow;
    private Step[] steps = new Step[0];
    private double[] a = new double[0];
    private double[] b = new double[0];

    /** For the loops of a backend. */
    public UpdateKernel(Kernels kernels) {
        this.kernels = kernels;
        Arena arena = Arena.ofAuto();
        this.average = arena.allocate(BUFFERED * Double.BYTES, 64);
        this.source = arena.allocate(BUFFERED * Double.BYTES, 64);
        this.before = arena.allocate(BUFFERED * Float.BYTES, 64);
        this.narrow = arena.allocate(BUFFERED * Short.BYTES, 64);
    }

    /**
     * Applies updates, one source each, in order.
     *
     * @param formula the order of floating-point operations
     * @param eType type of the average
     * @param e the average, n elements from byte eAt
     * @param pType type of the sources
     * @param p the sources, one for each update
     * @param pAt where in each source its n elements begin, in bytes
     * @param updates the scalars
     * @param first the first update to apply
     * @param end one more than the last
     * @param finiteOnly whether elements of the average stay where the source's are infinite or no numbers
     * @return how many elements stayed for that reason
     */
    public long apply(
            UpdateFormula formula,
            Element eType,
            MemorySegment e,
            long eAt,
            Element pType,
            MemorySegment[] p,
            long[] pAt,
            Updates updates,
            int first,
            int end,
            boolean finiteOnly,
            int n) {
        Element computed = eType == Element.F64 || pType == Element.F64 ? Element.F64 : Element.F32;
        boolean rounded = eType.isNarrow() && computed == Element.F32;
        makeRoom(end);
        for (int j = first; j < end; j++) {
            prepare(formula, computed, updates, j, j);
        }
        if (isDirect(formula, eType, computed, pType, finiteOnly)) {
            return applyDirectly(eType, e, eAt, pType, p, pAt, first, end, finiteOnly, n);
        }
        long left = 0;
        for (int from = 0; from < n; from += BUFFERED) {
            int length = Math.min(BUFFERED, n - from);
            long here = eAt + (long) from * eType.bytes();
            for (int j = first; j < end; j++) {
                long there = pAt[j] + (long) from * pType.bytes();
                convert(eType, e, here, computed, average, length);
                if (rounded && formula != UpdateFormula.LERP) {
                    convert(pType, p[j], there, computed, source, length);
                    if (finiteOnly) {
                        MemorySegment.copy(average, 0, before, 0, (long) length * Float.BYTES);
                    }
                    applyRounded(formula, eType, updates, j, length);
                    if (finiteOnly) {
                        left += restore(pType, p[j], there, length);
                    }
                } else if (computed == Element.F32 || pType == computed) {
                    left += kernels.loop(steps[j], computed, pType, finiteOnly)
                            .one(average, 0, p[j], there, a[j], b[j], length);
                } else {
                    convert(pType, p[j], there, computed, source, length);
                    left += kernels.loop(steps[j], computed, computed, finiteOnly)
                            .one(average, 0, source, 0, a[j], b[j], length);
                }
                convert(computed, average, 0, eType, e, here, length);
            }
        }
        return left;
    }

    /**
     * Applies an update to each of two averages of one type while the source is read once. That can be done where both
     * take the same step, and where they are kept as they are computed.
     *
     * @param updates the scalars of the first average
     * @param others those of the other
     * @return false if it cannot be done; nothing is done then
     */
    public boolean applyTwo(
            UpdateFormula formula,
            Element eType,
            MemorySegment e,
            MemorySegment other,
            long eAt,
            Element pType,
            MemorySegment p,
            long pAt,
            Updates updates,
            Updates others,
            int n) {
        if (eType != Element.F32 || pType == Element.F64) {
            return false;
        }
        makeRoom(2);
        prepare(formula, eType, updates, 0, 0);
        prepare(formula, eType, others, 0, 1);
        if (steps[0] != steps[1]) {
            return false;
        }
        kernels.loop(steps[0], pType).two(e, other, eAt, p, pAt, a, b, n);
        return true;
    }

    /** Copies elements, rounded to nearest even where the new type is narrower. */
    public void convert(
            Element fromType, MemorySegment from, long fromAt, Element toType, MemorySegment to, long toAt, int n) {
        if (fromType == toType) {
            MemorySegment.copy(from, fromAt, to, toAt, (long) n * fromType.bytes());
        } else {
            kernels.conversion(fromType, toType).run(from, fromAt, to, toAt, n);
        }
    }

    private void convert(Element fromType, MemorySegment from, long fromAt, Element toType, MemorySegment to, int n) {
        convert(fromType, from, fromAt, toType, to, 0, n);
    }

    /** Whether one loop goes from memory to memory, conversions included. */
    private static boolean isDirect(
            UpdateFormula formula, Element eType, Element computed, Element pType, boolean finiteOnly) {
        if (computed == Element.F64) {
            return eType == Element.F64 && pType == Element.F64;
        }
        // Lerp is the one formula in which PyTorch stores nothing before the result. Of a bfloat16 and a binary16 no
        // loop
        // is both compiled by C2 and fast; they are converted by loops of their own.
        return eType == Element.F32
                || (formula == UpdateFormula.LERP && eType == Element.BF16 && pType != Element.F16)
                || (formula == UpdateFormula.LERP && eType == Element.F16 && pType != Element.BF16 && !finiteOnly);
    }

    private long applyDirectly(
            Element eType,
            MemorySegment e,
            long eAt,
            Element pType,
            MemorySegment[] p,
            long[] pAt,
            int first,
            int end,
            boolean finiteOnly,
            int n) {
        long left = 0;
        int j = first;
        while (j < end) {
            Loop loop = kernels.loop(steps[j], eType, pType, finiteOnly);
            // Four conversions from binary16 in one loop are too many for C2, which then boxes their vectors.
            if (pType != Element.F16
                    && j + 4 <= end
                    && steps[j + 1] == steps[j]
                    && steps[j + 2] == steps[j]
                    && steps[j + 3] == steps[j]) {
                left += loop.four(e, eAt, p, pAt, a, b, j, n);
                j += 4;
            } else {
                left += loop.one(e, eAt, p[j], pAt[j], a[j], b[j], n);
                j++;
            }
        }
        return left;
    }

    /** Puts elements back as they were before a step where the source is infinite or no number. */
    private long restore(Element pType, MemorySegment p, long pAt, int n) {
        long left = 0;
        for (int i = 0; i < n; i++) {
            if (!Float.isFinite(pType.floatAt(p, pAt + (long) i * pType.bytes()))) {
                Element.F32.putFloat(
                        average, (long) i * Float.BYTES, Element.F32.floatAt(before, (long) i * Float.BYTES));
                left++;
            }
        }
        return left;
    }

    /** Divides elements by a number, rounded once. */
    public void divide(Element type, MemorySegment e, long at, double divisor, int n) {
        Element computed = type == Element.F64 ? Element.F64 : Element.F32;
        for (int from = 0; from < n; from += BUFFERED) {
            int length = Math.min(BUFFERED, n - from);
            long here = at + (long) from * type.bytes();
            convert(type, e, here, computed, average, length);
            kernels.loop(Step.DIVIDE, computed).one(average, 0, average, 0, divisor, 0, length);
            convert(computed, average, 0, type, e, here, length);
        }
    }

    private void makeRoom(int scalars) {
        if (steps.length < scalars) {
            steps = Arrays.copyOf(steps, scalars);
            a = new double[scalars];
            b = new double[scalars];
        }
    }

    /** Chooses an update's step, and its scalars in the precision of the arithmetic, to be the j-th. */
    private void prepare(UpdateFormula formula, Element computed, Updates updates, int update, int j) {
        double weight = computed == Element.F32 ? (float) updates.weight[update] : updates.weight[update];
        b[j] = updates.decay[update];
        switch (formula) {
            case LERP -> {
                boolean low = Math.abs(weight) < 0.5;
                steps[j] = low ? Step.LERP_LOW : Step.LERP_HIGH;
                // The difference of binary32 numbers in [½, 1] is exact in either precision.
                a[j] = low ? weight : weight - 1;
            }
            case TOWARDS -> set(j, Step.LERP_LOW, weight);
            case MUL_ADD -> set(j, Step.MUL_ADD, weight);
            case BLEND -> set(j, Step.BLEND, weight);
            case STEP_BACK -> set(j, Step.STEP_BACK, weight);
            case STEP_BACK_FUSED -> set(j, Step.STEP_BACK_FUSED, -weight);
            case MEAN -> set(j, Step.MEAN, updates.divisor[update]);
        }
    }

    private void set(int j, Step step, double scalar) {
        steps[j] = step;
        a[j] = scalar;
    }

    /**
     * The order as PyTorch's operations on tensors of a narrow type: each computes in binary32 and rounds its result.
     */
    private void applyRounded(UpdateFormula formula, Element eType, Updates updates, int j, int n) {
        double alpha = eType.round((float) updates.weight[j]);
        switch (formula) {
            case MUL_ADD -> {
                operate(Step.SCALE, average, source, updates.decay[j], eType, n);
                operate(Step.ADD_SCALED, average, source, alpha, eType, n);
            }
            case BLEND -> {
                operate(Step.SCALE, average, source, updates.decay[j], eType, n);
                operate(Step.SCALE, source, average, updates.weight[j], eType, n);
                operate(Step.ADD, average, source, 0, eType, n);
            }
            case STEP_BACK -> {
                operate(Step.SUBTRACT_FROM, source, average, 0, eType, n);
                operate(Step.SCALE, source, average, updates.weight[j], eType, n);
                operate(Step.SUBTRACT, average, source, 0, eType, n);
            }
            case STEP_BACK_FUSED -> {
                operate(Step.SUBTRACT_FROM, source, average, 0, eType, n);
                operate(Step.ADD_SCALED, average, source, -alpha, eType, n);
            }
            case TOWARDS -> {
                operate(Step.SUBTRACT, source, average, 0, eType, n);
                operate(Step.ADD_SCALED, average, source, alpha, eType, n);
            }
            case MEAN -> {
                operate(Step.SUBTRACT, source, average, 0, eType, n);
                operate(Step.DIVIDE, source, average, updates.divisor[j], eType, n);
                operate(Step.ADD, average, source, 0, eType, n);
            }
            case LERP -> throw new AssertionError("lerp is one operation");
        }
    }

    private void operate(
            Step step, MemorySegment target, MemorySegment operand, double scalar, Element rounding, int n) {
        kernels.loop(step, Element.F32).one(target, 0, operand, 0, scalar, 0, n);
        kernels.conversion(Element.F32, rounding).run(target, 0, narrow, 0, n);
        kernels.conversion(rounding, Element.F32).run(narrow, 0, target, 0, n);
    }
}
