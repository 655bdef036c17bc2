package dev.polyak.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every backend, at every vector width, against the scalar definitions: the same bits, where any NaN equals any NaN.
 */
class KernelsTest {
    private static final int[] SIZES = {0, 1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 100, 257, 1023};
    private static final int[] MISALIGNMENTS = {0, 1, 2, 3, 4, 7, 31, 62};
    private static final double[][] SCALARS = {{0.1, 0.9}, {-0.3, 0.7}, {0.5, 0.5}, {0.0009765625, 3}, {7, 1e-3}};

    static Stream<Kernels> backends() {
        List<Kernels> backends = new ArrayList<>(List.of(Backend.scalar()));
        if (Backend.vectorsMissing().isEmpty()) {
            backends.addAll(List.of(Backend.vector(128), Backend.vector(256), Backend.vector(512)));
        }
        return backends.stream();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void stepsGiveTheBitsOfTheirDefinition(Kernels kernels) {
        Random random = new Random(42);
        try (Arena arena = Arena.ofConfined()) {
            for (Step step : Step.values()) {
                for (Element source : Element.values()) {
                    Element type = source == Element.F64 ? Element.F64 : Element.F32;
                    for (int n : SIZES) {
                        int skew = MISALIGNMENTS[random.nextInt(MISALIGNMENTS.length)];
                        int sourceSkew = MISALIGNMENTS[random.nextInt(MISALIGNMENTS.length)];
                        double[] scalars = SCALARS[random.nextInt(SCALARS.length)];
                        MemorySegment e = Values.random(arena, type, n, skew, random);
                        MemorySegment p = Values.random(arena, source, n, sourceSkew, random);
                        MemorySegment expected = Values.copy(arena, e);
                        for (int i = 0; i < n; i++) {
                            apply(step, source, expected, skew, p, sourceSkew, scalars[0], scalars[1], i);
                        }
                        kernels.loop(step, source).one(e, skew, p, sourceSkew, scalars[0], scalars[1], n);
                        Values.assertSameBits(step + " of " + source, type, e, expected, skew, n);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void finiteOnlyLoopsLeaveAndCountWhatIsNot(Kernels kernels) {
        Random random = new Random(45);
        try (Arena arena = Arena.ofConfined()) {
            for (Step step : List.of(Step.LERP_LOW, Step.BLEND, Step.MEAN)) {
                for (Element source : Element.values()) {
                    Element type = source == Element.F64 ? Element.F64 : Element.F32;
                    for (int n : SIZES) {
                        MemorySegment e = Values.random(arena, type, n, 1, random);
                        MemorySegment p = Values.random(arena, source, n, 2, random);
                        MemorySegment expected = Values.copy(arena, e);
                        long left = 0;
                        for (int i = 0; i < n; i++) {
                            if (Double.isFinite(source.doubleAt(p, 2 + (long) i * source.bytes()))) {
                                apply(step, source, expected, 1, p, 2, 0.25, 0.75, i);
                            } else {
                                left++;
                            }
                        }
                        assertThat(kernels.scan(source).nonFinite(p, 2, n)).isEqualTo(left);
                        assertThat(kernels.loop(step, type, source, true).one(e, 1, p, 2, 0.25, 0.75, n))
                                .isEqualTo(left);
                        Values.assertSameBits(step + " of finite " + source, type, e, expected, 1, n);
                        MemorySegment[] four = {p, p, p, p};
                        long[] at = {2, 2, 2, 2};
                        double[] scalars = {0.25, 0.25, 0.25, 0.25};
                        assertThat(kernels.loop(step, type, source, true).four(e, 1, four, at, scalars, scalars, 0, n))
                                .isEqualTo(4 * left);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void narrowAveragesAreRoundedAtTheStore(Kernels kernels) {
        Random random = new Random(47);
        try (Arena arena = Arena.ofConfined()) {
            for (Element type : List.of(Element.BF16, Element.F16)) {
                for (Element source : List.of(Element.F32, Element.BF16, Element.F16)) {
                    for (boolean finiteOnly : new boolean[] {false, true}) {
                        for (int n : SIZES) {
                            MemorySegment e = Values.random(arena, type, n, 1, random);
                            MemorySegment p = Values.random(arena, source, n, 2, random);
                            MemorySegment expected = Values.copy(arena, e);
                            long left = 0;
                            for (int i = 0; i < n; i++) {
                                long at = 1 + (long) i * type.bytes();
                                float before = type.floatAt(e, at);
                                float value = source.floatAt(p, 2 + (long) i * source.bytes());
                                if (finiteOnly && !Float.isFinite(value)) {
                                    left++;
                                } else {
                                    type.putFloat(expected, at, Step.LERP_LOW.apply(before, value, 0.25f, 0));
                                }
                            }
                            assertThat(kernels.loop(Step.LERP_LOW, type, source, finiteOnly)
                                            .one(e, 1, p, 2, 0.25, 0, n))
                                    .isEqualTo(left);
                            Values.assertSameBits(source + " into " + type, type, e, expected, 1, n);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void fourSourcesAtOnceAreFourOneAfterTheOther(Kernels kernels) {
        Random random = new Random(43);
        try (Arena arena = Arena.ofConfined()) {
            for (Step step : Step.values()) {
                for (Element source : Element.values()) {
                    Element type = source == Element.F64 ? Element.F64 : Element.F32;
                    for (int n : SIZES) {
                        MemorySegment e = Values.random(arena, type, n, 3, random);
                        MemorySegment expected = Values.copy(arena, e);
                        MemorySegment[] p = new MemorySegment[6];
                        long[] at = {0, 0, 1, 2, 3, 64};
                        double[] a = new double[6];
                        double[] b = new double[6];
                        for (int j = 0; j < 6; j++) {
                            p[j] = Values.random(arena, source, n, (int) at[j], random);
                            a[j] = random.nextDouble();
                            b[j] = random.nextDouble();
                        }
                        Loop loop = kernels.loop(step, source);
                        for (int j = 1; j < 5; j++) {
                            loop.one(expected, 3, p[j], at[j], a[j], b[j], n);
                        }
                        loop.four(e, 3, p, at, a, b, 1, n);
                        Values.assertSameBits(step + " of four " + source, type, e, expected, 3, n);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void twoAveragesAtOnceAreOneAfterTheOther(Kernels kernels) {
        Random random = new Random(46);
        double[] a = {random.nextDouble(), random.nextDouble()};
        double[] b = {random.nextDouble(), random.nextDouble()};
        try (Arena arena = Arena.ofConfined()) {
            for (Step step : Step.values()) {
                for (Element source : Element.values()) {
                    Element type = source == Element.F64 ? Element.F64 : Element.F32;
                    for (int n : SIZES) {
                        MemorySegment e = Values.random(arena, type, n, 3, random);
                        MemorySegment f = Values.random(arena, type, n, 3, random);
                        MemorySegment p = Values.random(arena, source, n, 1, random);
                        MemorySegment expectedE = Values.copy(arena, e);
                        MemorySegment expectedF = Values.copy(arena, f);
                        Loop loop = kernels.loop(step, source);
                        loop.one(expectedE, 3, p, 1, a[0], b[0], n);
                        loop.one(expectedF, 3, p, 1, a[1], b[1], n);
                        loop.two(e, f, 3, p, 1, a, b, n);
                        Values.assertSameBits(step + " of " + source + ", first", type, e, expectedE, 3, n);
                        Values.assertSameBits(step + " of " + source + ", other", type, f, expectedF, 3, n);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void conversionsGiveTheBitsOfTheirDefinition(Kernels kernels) {
        Random random = new Random(44);
        try (Arena arena = Arena.ofConfined()) {
            for (Element from : Element.values()) {
                for (Element to : Element.values()) {
                    for (int n : SIZES) {
                        if (from != to) {
                            MemorySegment source = Values.random(arena, from, n, 1, random);
                            MemorySegment result = Values.random(arena, to, n, 7, random);
                            MemorySegment expected = Values.copy(arena, result);
                            for (int i = 0; i < n; i++) {
                                to.putDouble(
                                        expected,
                                        7 + (long) i * to.bytes(),
                                        from.doubleAt(source, 1 + (long) i * from.bytes()));
                            }
                            kernels.conversion(from, to).run(source, 1, result, 7, n);
                            Values.assertSameBits(from + " to " + to, to, result, expected, 7, n);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void everyNarrowNumberIsWidenedExactlyAndComesBack(Kernels kernels) {
        try (Arena arena = Arena.ofConfined()) {
            int n = 1 << 16;
            for (Element narrow : List.of(Element.BF16, Element.F16)) {
                MemorySegment all = arena.allocate((long) n * Short.BYTES);
                for (int i = 0; i < n; i++) {
                    all.set(Values.SHORT, (long) i * Short.BYTES, (short) i);
                }
                MemorySegment wide = arena.allocate((long) n * Float.BYTES);
                MemorySegment back = arena.allocate((long) n * Short.BYTES);
                kernels.conversion(narrow, Element.F32).run(all, 0, wide, 0, n);
                for (int i = 0; i < n; i++) {
                    double expected =
                            Values.decode(i, narrow == Element.F16 ? 10 : 7, narrow == Element.F16 ? 15 : 127);
                    assertThat((double) wide.get(Values.FLOAT, (long) i * Float.BYTES))
                            .as("%s %04x", narrow, i)
                            .isEqualTo(Double.valueOf(expected));
                }
                kernels.conversion(Element.F32, narrow).run(wide, 0, back, 0, n);
                Values.assertSameBits(narrow + " there and back", narrow, back, all, 0, n);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void narrowingRoundsToNearestEvenAroundEveryMidpoint(Kernels kernels) {
        try (Arena arena = Arena.ofConfined()) {
            for (Element narrow : List.of(Element.BF16, Element.F16)) {
                int mantissa = narrow == Element.F16 ? 10 : 7;
                int bias = narrow == Element.F16 ? 15 : 127;
                int finite = (narrow == Element.F16 ? 0x7c00 : 0x7f80) - 1;
                MemorySegment wide = arena.allocate(4L * finite * Float.BYTES);
                MemorySegment result = arena.allocate(4L * finite * Short.BYTES);
                for (int i = 0; i < finite; i++) {
                    float middle =
                            (float) ((Values.decode(i, mantissa, bias) + Values.decode(i + 1, mantissa, bias)) / 2);
                    wide.set(Values.FLOAT, 16L * i, Math.nextDown(middle));
                    wide.set(Values.FLOAT, 16L * i + 4, middle);
                    wide.set(Values.FLOAT, 16L * i + 8, Math.nextUp(middle));
                    wide.set(Values.FLOAT, 16L * i + 12, -middle);
                }
                kernels.conversion(Element.F32, narrow).run(wide, 0, result, 0, 4 * finite);
                for (int i = 0; i < finite; i++) {
                    int even = (i & 1) == 0 ? i : i + 1;
                    assertThat(result.get(Values.SHORT, 8L * i))
                            .as("below the middle after %x", i)
                            .isEqualTo((short) i);
                    assertThat(result.get(Values.SHORT, 8L * i + 2))
                            .as("the middle after %x", i)
                            .isEqualTo((short) even);
                    assertThat(result.get(Values.SHORT, 8L * i + 4))
                            .as("above the middle after %x", i)
                            .isEqualTo((short) (i + 1));
                    assertThat(result.get(Values.SHORT, 8L * i + 6)).isEqualTo((short) (even | 0x8000));
                }
            }
        }
    }

    /** Two minutes: all 2^32 numbers. */
    @Test
    @Tag("long")
    void everyBinary32IsNarrowedAsDefined() {
        int n = 1 << 20;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment wide = arena.allocate((long) n * Float.BYTES);
            MemorySegment expected = arena.allocate((long) n * Short.BYTES);
            MemorySegment result = arena.allocate((long) n * Short.BYTES);
            for (Element narrow : List.of(Element.BF16, Element.F16)) {
                Conversion conversion = Backend.get().kernels().conversion(Element.F32, narrow);
                for (long first = Integer.MIN_VALUE; first <= Integer.MAX_VALUE; first += n) {
                    for (int i = 0; i < n; i++) {
                        float value = Float.intBitsToFloat((int) first + i);
                        wide.set(Values.FLOAT, (long) i * Float.BYTES, value);
                        narrow.putFloat(expected, (long) i * Short.BYTES, value);
                    }
                    conversion.run(wide, 0, result, 0, n);
                    if (result.mismatch(expected) >= 0) {
                        Values.assertSameBits("from " + first + " to " + narrow, narrow, result, expected, 0, n);
                    }
                }
            }
        }
    }

    private static void apply(
            Step step, Element source, MemorySegment e, int eAt, MemorySegment p, int pAt, double a, double b, int i) {
        if (source == Element.F64) {
            long at = (long) i * Double.BYTES;
            double value = step.apply(e.get(Values.DOUBLE, eAt + at), p.get(Values.DOUBLE, pAt + at), a, b);
            e.set(Values.DOUBLE, eAt + at, value);
        } else {
            long at = eAt + (long) i * Float.BYTES;
            float operand = source.floatAt(p, pAt + (long) i * source.bytes());
            e.set(Values.FLOAT, at, step.apply(e.get(Values.FLOAT, at), operand, (float) a, (float) b));
        }
    }
}
