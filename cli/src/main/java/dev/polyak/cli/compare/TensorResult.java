package dev.polyak.cli.compare;

import dev.polyak.tensor.TensorSpec;

/**
 * A tensor and its counterpart.
 *
 * @param a the tensor
 * @param b its counterpart
 * @param difference how the elements differ; nothing if they cannot be compared
 */
record TensorResult(TensorSpec a, TensorSpec b, Difference difference) {

    /** Whether there are elements that belong to each other, and values to compare. */
    static boolean areComparable(TensorSpec a, TensorSpec b) {
        return a.shape().equals(b.shape())
                && (a.dtype() == b.dtype() || (a.dtype().isFloat() && b.dtype().isFloat()));
    }

    boolean isComparable() {
        return areComparable(a, b);
    }

    /** Whether there is no difference: not in type, shape or any element. */
    boolean isEqual() {
        return isComparable() && a.dtype() == b.dtype() && difference.differing() == 0;
    }

    /** Whether no floating-point number is further away than that; nothing else may differ at all. */
    boolean isWithin(long ulps) {
        boolean numbers =
                isComparable() && a.dtype() == b.dtype() && a.dtype().isFloat() && difference.notANumber() == 0;
        return isEqual() || (numbers && Long.compareUnsigned(difference.mostUlps(), ulps) <= 0);
    }
}
