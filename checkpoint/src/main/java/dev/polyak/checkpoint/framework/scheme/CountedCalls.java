package dev.polyak.checkpoint.framework.scheme;

/**
 * How many calls a framework's averaged model has counted, as far as its state says.
 *
 * @param least the smallest number that is possible
 * @param most the largest
 */
public record CountedCalls(long least, long most) {
    /** Nothing is said. */
    static final CountedCalls UNKNOWN = new CountedCalls(0, Long.MAX_VALUE);
    /** There has been a call. */
    static final CountedCalls SOME = new CountedCalls(1, Long.MAX_VALUE);
    /** There has been no call. */
    static final CountedCalls NONE = exactly(0);

    /**
     * Checks the components.
     *
     * @param least the smallest number that is possible
     * @param most the largest
     * @throws IllegalArgumentException if a number is negative, or none is possible
     */
    public CountedCalls {
        if (least < 0 || most < least) {
            throw new IllegalArgumentException("no count is at least " + least + " and at most " + most);
        }
    }

    static CountedCalls exactly(long count) {
        return new CountedCalls(count, count);
    }

    /**
     * Whether the state says it exactly.
     *
     * @return true if one number is possible
     */
    public boolean isExact() {
        return least == most;
    }

    boolean allow(long count) {
        return least <= count && count <= most;
    }

    @Override
    public String toString() {
        return isExact() ? String.valueOf(least) : least + " or more";
    }
}
