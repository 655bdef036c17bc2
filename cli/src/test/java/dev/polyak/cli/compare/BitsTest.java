package dev.polyak.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.tensor.DType;
import java.math.BigDecimal;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class BitsTest {
    @Test
    void neighboursAreOnePlaceApart() {
        float[] ascending = {
            Float.NEGATIVE_INFINITY,
            -Float.MAX_VALUE,
            -Float.MIN_VALUE,
            -0f,
            0f,
            Float.MIN_VALUE,
            Float.MAX_VALUE,
            Float.POSITIVE_INFINITY
        };
        long previous = Long.MIN_VALUE;
        for (float value : ascending) {
            long place = Bits.place(4, Float.floatToRawIntBits(value));
            assertThat(place).isGreaterThan(previous);
            previous = place;
        }
        assertThat(Bits.place(4, Float.floatToRawIntBits(0f)) - Bits.place(4, Float.floatToRawIntBits(-0f)))
                .isEqualTo(1);
        assertThat(Bits.place(8, Double.doubleToRawLongBits(-Math.nextUp(1.0))))
                .isEqualTo(Bits.place(8, Double.doubleToRawLongBits(-1.0)) - 1);
        assertThat(Bits.place(2, (short) 0x8000)).isEqualTo(-1);
    }

    /** No neighbour is nearer, and of two that are equally near the even one is taken. */
    @Property
    void roundsOnceToNearestEven(@ForAll("numbers") double value, @ForAll("narrow") DType type) {
        long bits = Bits.rounded(value, type);
        double rounded = Bits.value(type, bits);
        if (Double.isInfinite(rounded)) {
            double largest = Bits.value(type, type == DType.F16 ? 0x7bff : 0x7f7f);
            double half =
                    Math.ulp(largest) == 0 ? 0 : (largest - Bits.value(type, type == DType.F16 ? 0x7bfe : 0x7f7e)) / 2;
            assertThat(Math.abs(value)).isGreaterThanOrEqualTo(largest + half);
            return;
        }
        BigDecimal distance = distance(value, rounded);
        for (int step : new int[] {-1, 1}) {
            double neighbour = Bits.value(type, (short) (bits + step));
            if (!Double.isNaN(neighbour)
                    && !Double.isInfinite(neighbour)
                    && Math.signum(neighbour) * Math.signum(rounded) >= 0) {
                int nearer = distance.compareTo(distance(value, neighbour));
                assertThat(nearer < 0 || nearer == 0 && bits % 2 == 0)
                        .as(value + " became " + rounded + ", not " + neighbour)
                        .isTrue();
            }
        }
    }

    @Provide
    Arbitrary<DType> narrow() {
        return Arbitraries.of(DType.BF16, DType.F16);
    }

    /** Numbers of all sizes that these types know, and many that are just beside the middle of two of them. */
    @Provide
    Arbitrary<Double> numbers() {
        Arbitrary<Double> any = Arbitraries.doubles().between(-70000, 70000);
        Arbitrary<Double> middles = Arbitraries.shorts()
                .filter(bits -> (bits & 0x7c00) != 0x7c00 && (bits & 0x7fff) != 0x7bff)
                .map(bits -> (Bits.value(DType.F16, bits) + Bits.value(DType.F16, (short) (bits + 1))) / 2);
        Arbitrary<Double> beside =
                middles.flatMap(middle -> Arbitraries.of(middle, Math.nextUp(middle), Math.nextDown(middle)));
        Arbitrary<Double> tiny = Arbitraries.longs()
                .map(bits -> Double.longBitsToDouble(bits & 0x800f_ffff_ffff_ffffL | 0x36a0_0000_0000_0000L));
        return Arbitraries.oneOf(any, beside, tiny);
    }

    private static BigDecimal distance(double a, double b) {
        return new BigDecimal(a).subtract(new BigDecimal(b)).abs();
    }
}
