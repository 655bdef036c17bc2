package dev.polyak.internal.kernel;

import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All orders on all pairs of types, against each order written out as PyTorch executes it, one element at a time. */
class UpdateKernelTest {
    private static final int[] SIZES = {1, 5, 17, 1024, 1025, 2500};
    private static final List<Schedule> SCHEDULES = List.of(
            Schedules.decay(0.9),
            Schedules.momentum(0.7),
            Schedules.equal(),
            Schedules.decay(0.9999),
            Schedules.decay(0));

    static List<Kernels> backends() {
        return KernelsTest.backends().toList();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void ordersRoundWherePyTorchDoes(Kernels kernels) {
        Random random = new Random(7);
        UpdateKernel kernel = new UpdateKernel(kernels);
        try (Arena arena = Arena.ofConfined()) {
            for (UpdateFormula formula : UpdateFormula.values()) {
                for (Element type : Element.values()) {
                    for (Element source : Element.values()) {
                        int n = SIZES[random.nextInt(SIZES.length)];
                        Schedule schedule = SCHEDULES.get(random.nextInt(SCHEDULES.size()));
                        int count = 1 + random.nextInt(9);
                        MemorySegment e = Values.random(arena, type, n, 2, random);
                        MemorySegment expected = Values.copy(arena, e);
                        MemorySegment[] p = new MemorySegment[count];
                        long[] at = new long[count];
                        Updates updates = new Updates(count);
                        for (int j = 0; j < count; j++) {
                            at[j] = random.nextInt(8);
                            p[j] = Values.random(arena, source, n, (int) at[j], random);
                            updates.add(schedule.weight(j + 1), schedule.decay(j + 1), schedule.divisor(j + 1));
                            for (int i = 0; i < n; i++) {
                                element(
                                        formula,
                                        schedule,
                                        j + 1,
                                        type,
                                        expected,
                                        2 + (long) i * type.bytes(),
                                        source,
                                        p[j],
                                        at[j] + (long) i * source.bytes());
                            }
                        }
                        kernel.apply(formula, type, e, 2, source, p, at, updates, 0, count, false, n);
                        Values.assertSameBits(
                                formula + ", " + source + " into " + type + ", " + schedule, type, e, expected, 2, n);
                    }
                }
            }
        }
    }

    private static void element(
            UpdateFormula formula,
            Schedule schedule,
            long n,
            Element type,
            MemorySegment e,
            long eAt,
            Element source,
            MemorySegment p,
            long pAt) {
        double w = schedule.weight(n);
        double d = schedule.decay(n);
        double k = schedule.divisor(n);
        if (type == Element.F64 || source == Element.F64) {
            type.putDouble(e, eAt, inDoubles(formula, type.doubleAt(e, eAt), source.doubleAt(p, pAt), w, d, k));
        } else {
            type.putFloat(e, eAt, inFloats(formula, type, type.floatAt(e, eAt), source.floatAt(p, pAt), w, d, k));
        }
    }

    private static double inDoubles(UpdateFormula formula, double e, double p, double w, double d, double k) {
        return switch (formula) {
            case LERP -> Math.abs(w) < 0.5 ? Math.fma(w, p - e, e) : Math.fma(w - 1, p - e, p);
            case MUL_ADD -> Math.fma(p, w, e * d);
            case BLEND -> e * d + p * w;
            case STEP_BACK -> e - w * (e - p);
            case STEP_BACK_FUSED -> Math.fma(-w, e - p, e);
            case TOWARDS -> Math.fma(p - e, w, e);
            case MEAN -> e + (p - e) / k;
        };
    }

    /** r is what PyTorch does to a result that it stores: nothing in binary32, a rounding in the narrow types. */
    private static float inFloats(UpdateFormula formula, Element r, float e, float p, double w, double d, double k) {
        float w32 = (float) w;
        float alpha = r.round(w32);
        return switch (formula) {
            case LERP -> Math.abs(w32) < 0.5f ? Math.fma(w32, p - e, e) : Math.fma(w32 - 1, p - e, p);
            case MUL_ADD -> Math.fma(p, alpha, r.round(e * (float) d));
            case BLEND -> r.round(e * (float) d) + r.round(p * w32);
            case STEP_BACK -> e - r.round(w32 * r.round(e - p));
            case STEP_BACK_FUSED -> Math.fma(-alpha, r.round(e - p), e);
            case TOWARDS -> Math.fma(r.round(p - e), alpha, e);
            case MEAN -> e + r.round(r.round(p - e) / (float) k);
        };
    }
}
