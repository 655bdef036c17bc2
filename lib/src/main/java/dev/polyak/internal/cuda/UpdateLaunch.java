package dev.polyak.internal.cuda;

import java.lang.foreign.ValueLayout;

/** Does to every pair of tensors what a call does to each of up to {@link TensorTable#MAX_AVERAGES} averages. */
public final class UpdateLaunch extends Launch {
    private static final long AVERAGES = 24;
    private static final long FINITE_ONLY = 28;
    private static final long LEFT = 32;
    private static final long FIRST_AVERAGE = 40;
    private static final long AVERAGE_BYTES = 40;

    /** Bits of a call. */
    private static final int ACTS = 1;

    private static final int COPIES = 2;
    private static final int UPDATES = 4;

    /**
     * Prepares launches over a table.
     *
     * @param averages how many averages its rows have
     * @param finiteOnly whether elements stay where the source's are infinite or no numbers
     * @param left address of a counter of these, on the device; 0 if there are none
     */
    public UpdateLaunch(TensorTable table, int averages, boolean finiteOnly, long left) {
        super("polyak_update", table, FIRST_AVERAGE + AVERAGE_BYTES * TensorTable.MAX_AVERAGES);
        argument.set(ValueLayout.JAVA_INT, AVERAGES, averages);
        argument.set(ValueLayout.JAVA_INT, FINITE_ONLY, finiteOnly ? 1 : 0);
        argument.set(ValueLayout.JAVA_LONG, LEFT, left);
    }

    /**
     * A launch that copies the sources, converted where the types differ, to one average whose rows are to be copied.
     */
    public static UpdateLaunch copy(TensorTable table) {
        UpdateLaunch launch = new UpdateLaunch(table, 1, false, 0);
        launch.average(0, 0, true, true, false, 0, 0, 0, 0);
        return launch;
    }

    /**
     * Sets what the next launch does to an average.
     *
     * @param which which of the averages, from 0
     * @param delta how many bytes behind the first it lies
     * @param acts whether the call does anything
     * @param copies whether it takes the source as it is
     * @param updates whether it mixes the source in (then)
     * @param formula ordinal of the order of operations
     */
    public void average(
            int which,
            long delta,
            boolean acts,
            boolean copies,
            boolean updates,
            double weight,
            double decay,
            double divisor,
            int formula) {
        long at = FIRST_AVERAGE + which * AVERAGE_BYTES;
        argument.set(ValueLayout.JAVA_LONG, at, delta);
        argument.set(ValueLayout.JAVA_DOUBLE, at + 8, weight);
        argument.set(ValueLayout.JAVA_DOUBLE, at + 16, decay);
        argument.set(ValueLayout.JAVA_DOUBLE, at + 24, divisor);
        argument.set(ValueLayout.JAVA_INT, at + 32, formula);
        argument.set(
                ValueLayout.JAVA_INT, at + 36, (acts ? ACTS : 0) | (copies ? COPIES : 0) | (updates ? UPDATES : 0));
    }
}
