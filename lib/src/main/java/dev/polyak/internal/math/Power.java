package dev.polyak.internal.math;

/**
 * x^y to the nearest double.
 *
 * <p>The field's schedules raise to powers with the C library's {@code pow}, whose error is hardly above half a unit in
 * the last place. {@code StrictMath.pow} may err by 0.7, and an average in binary64 would show it. So the power is
 * computed here with twice the digits (a double-double: the unevaluated sum of a high and a low part) and rounded once.
 * It allocates nothing, so that an update does not.
 */
public final class Power {
    private static final double LN2_HIGH = 0x1.62e42fefa39efp-1;
    private static final double LN2_LOW = 0x1.abc9e3b39803fp-56;
    private static final double SQRT_HALF = 0x1.6a09e667f3bcdp-1;
    /** Each term of the logarithm's series adds 5 bits: (0.172)² is 2^−5.08. */
    private static final int LOG_TERMS = 22;
    /** With the argument divided by 2^8, each term of the exponential's series adds at least 9.5 bits. */
    private static final int EXP_TERMS = 12;

    private static final int EXP_SQUARINGS = 8;
    /**
     * Added to a number below 2^−52 and taken away again, this leaves a multiple of 2^−92, where the digits are right.
     */
    private static final double LAST_PLACES = 0x1p-40;

    private Power() {}

    /**
     * The power.
     *
     * @param x the base, positive or zero
     * @param y the exponent
     * @return x^y to nearest (in all but some 2^−40 of the cases); at the ends of the range, what
     *     {@link StrictMath#pow} gives
     */
    public static double of(double x, double y) {
        double rough = Math.pow(x, y); // an intrinsic; StrictMath.pow allocates
        // Special values, powers that are exact for every algorithm, and the rims where a double-double has no room.
        if (!(rough > 0x1p-900 && rough < 0x1p900) || !(x > 0x1p-900 && x < 0x1p900) || x == 1 || y == 0 || y == 1) {
            return StrictMath.pow(x, y);
        }

        // x = m · 2^k with m about 1, and log m = 2 (s + s³/3 + s⁵/5 + …) with s = (m − 1) / (m + 1)
        int k = Math.getExponent(x);
        double m = Math.scalb(x, -k);
        if (m > 2 * SQRT_HALF) {
            m /= 2;
            k++;
        }
        double numerator = m - 1;
        double sumHigh = m + 1;
        double sumLow = m - (sumHigh - 1);
        double sHigh = numerator / sumHigh;
        double remainder = Math.fma(-sHigh, sumLow, Math.fma(-sHigh, sumHigh, numerator));
        double sLow = remainder / sumHigh;
        double squareHigh = sHigh * sHigh;
        double squareLow = Math.fma(sHigh, sHigh, -squareHigh) + 2 * sHigh * sLow;
        double high = 0;
        double low = 0;
        for (int i = LOG_TERMS; i >= 0; i--) { // Horner: series = series · s² + 1/(2i + 1)
            double divisor = 2 * i + 1;
            double productHigh = high * squareHigh;
            double productLow = Math.fma(high, squareHigh, -productHigh) + (high * squareLow + low * squareHigh);
            double inverseHigh = 1 / divisor;
            double inverseLow = Math.fma(-inverseHigh, divisor, 1) / divisor;
            high = inverseHigh + productHigh; // the new term is the larger one
            low = productHigh - (high - inverseHigh) + (inverseLow + productLow);
        }
        double logHigh = high * sHigh;
        double logLow = Math.fma(high, sHigh, -logHigh) + (high * sLow + low * sHigh);
        logHigh *= 2;
        logLow *= 2;
        double kHigh = k * LN2_HIGH;
        double kLow = Math.fma(k, LN2_HIGH, -kHigh) + k * LN2_LOW;
        double logSum = kHigh + logHigh;
        double kPart = logSum - logHigh;
        double logError = (kHigh - kPart) + (logHigh - (logSum - kPart));
        logLow += kLow + logError;
        logHigh = logSum + logLow;
        logLow += logSum - logHigh;

        // y · log x = n · log 2 + r
        double tHigh = y * logHigh;
        double tLow = Math.fma(y, logHigh, -tHigh) + y * logLow;
        double n = Math.rint(tHigh / LN2_HIGH);
        double nHigh = n * LN2_HIGH;
        double nLow = Math.fma(n, LN2_HIGH, -nHigh) + n * LN2_LOW;
        double rHigh = tHigh - nHigh; // exact: the two are close, or n is 0
        double rLow = tLow - nLow;
        double scale = Math.scalb(1.0, -EXP_SQUARINGS);
        double r = (rHigh + rLow) * scale;
        rLow = (rHigh - (rHigh + rLow) + rLow) * scale;
        rHigh = r;

        // e^r − 1 = r (1 + r/2 (1 + r/3 (…))), then squared: (1 + z)² − 1 = 2z + z²
        high = 1;
        low = 0;
        for (int i = EXP_TERMS; i >= 2; i--) {
            double quotientHigh = rHigh / i;
            double quotientLow = (Math.fma(-quotientHigh, i, rHigh) + rLow) / i;
            double productHigh = high * quotientHigh;
            double productLow = Math.fma(high, quotientHigh, -productHigh) + (high * quotientLow + low * quotientHigh);
            high = 1 + productHigh;
            low = productHigh - (high - 1) + productLow;
        }
        double zHigh = high * rHigh;
        double zLow = Math.fma(high, rHigh, -zHigh) + (high * rLow + low * rHigh);
        for (int i = 0; i < EXP_SQUARINGS; i++) {
            double zSquareHigh = zHigh * zHigh;
            double zSquareLow = Math.fma(zHigh, zHigh, -zSquareHigh) + 2 * zHigh * zLow;
            double sum = 2 * zHigh + zSquareHigh;
            zLow = zSquareHigh - (sum - 2 * zHigh) + (2 * zLow + zSquareLow);
            zHigh = sum;
        }
        double one = 1 + zHigh;
        double rest = zHigh - (one - 1) + zLow;
        // Powers that lie exactly between two doubles, such as 0.75^34, must not be pushed off the middle by the last
        // error.
        rest = rest + LAST_PLACES - LAST_PLACES;
        return Math.scalb(one + rest, (int) n);
    }
}
