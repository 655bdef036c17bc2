package dev.polyak.internal.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

/** Against exact arithmetic where it can say what the nearest double is: for whole and half exponents. */
class PowerTest {
    private static final MathContext DIGITS = new MathContext(60);

    @Property(tries = 3000)
    void wholePowersAreRoundedOnce(
            @ForAll @Scale(9) @DoubleRange(min = 1e-3, max = 1e6) double x,
            @ForAll @IntRange(min = -30, max = 30) int y) {
        BigDecimal power = new BigDecimal(x).pow(Math.abs(y), DIGITS);
        assertThat(Power.of(x, y)).isEqualTo((y < 0 ? BigDecimal.ONE.divide(power, DIGITS) : power).doubleValue());
    }

    @Property(tries = 3000)
    void rootsAreRoundedOnce(@ForAll @Scale(9) @DoubleRange(min = 1e-3, max = 1e9) double x) {
        BigDecimal root = new BigDecimal(x).sqrt(DIGITS);
        assertThat(Power.of(x, 0.5)).isEqualTo(root.doubleValue());
        assertThat(Power.of(x, 1.5))
                .isEqualTo(root.multiply(new BigDecimal(x), DIGITS).doubleValue());
        assertThat(Power.of(x, -0.75))
                .isEqualTo(BigDecimal.ONE
                        .divide(root.multiply(root.sqrt(DIGITS), DIGITS), DIGITS)
                        .doubleValue());
    }

    @Property(tries = 3000)
    void powersOfNumbersJustAboveOneKeepTheirDigits(
            @ForAll @IntRange(min = 1, max = 1_000_000) int n, @ForAll @IntRange(min = 1, max = 64) int y) {
        double decay = 1 - 1.0 / n;
        assertThat(Power.of(decay, y))
                .isEqualTo(new BigDecimal(decay).pow(y, new MathContext(100)).doubleValue());
    }

    @Test
    void theRimsAreThoseOfStrictMath() {
        double[] rims = {0, Double.MIN_VALUE, 0x1p-1000, 1, 2, 0x1p1000, Double.MAX_VALUE, Double.POSITIVE_INFINITY};
        double[] exponents = {0, -0.0, 1, -1, 2, -2, 1024, -1074, 1e300, Double.POSITIVE_INFINITY, Double.NaN};
        for (double x : rims) {
            for (double y : exponents) {
                assertThat(Power.of(x, y)).as("%s ^ %s", x, y).isEqualTo(Double.valueOf(StrictMath.pow(x, y)));
            }
        }
    }

    @Test
    void aPowerBetweenTwoDoublesGoesToTheEvenOne() {
        assertThat(Power.of(0.75, 34)).isEqualTo(new BigDecimal(0.75).pow(34).doubleValue());
    }

    @Test
    void composersSmoothingIsReproduced() {
        assertThat(1 - Power.of(2, -(2 / 5.0))).isEqualTo(0.242141716744801);
    }
}
