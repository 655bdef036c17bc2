package dev.polyak.internal.cuda;

import static dev.polyak.internal.cuda.KernelArguments.ACTS;
import static dev.polyak.internal.cuda.KernelArguments.AVERAGE;
import static dev.polyak.internal.cuda.KernelArguments.COPIES;
import static dev.polyak.internal.cuda.KernelArguments.UPDATE;
import static dev.polyak.internal.cuda.KernelArguments.UPDATES;
import static dev.polyak.internal.cuda.KernelArguments.offset;

import java.lang.foreign.ValueLayout;

/** Does to every pair of tensors what a call does to each of up to {@link TensorTable#MAX_AVERAGES} averages. */
public final class UpdateLaunch extends Launch {
    private static final long AVERAGES = offset(UPDATE, "averages");
    private static final long FINITE_ONLY = offset(UPDATE, "finiteOnly");
    private static final long LEFT = offset(UPDATE, "left");
    private static final long FIRST_AVERAGE = offset(UPDATE, "average");

    private static final long DELTA = offset(AVERAGE, "delta");
    private static final long WEIGHT = offset(AVERAGE, "weight");
    private static final long DECAY = offset(AVERAGE, "decay");
    private static final long DIVISOR = offset(AVERAGE, "divisor");
    private static final long FORMULA = offset(AVERAGE, "formula");
    private static final long CALL = offset(AVERAGE, "call");

    /**
     * Prepares launches over a table.
     *
     * @param averages how many averages its rows have
     * @param finiteOnly whether elements stay where the source's are infinite or no numbers
     * @param left address of a counter of these, on the device; 0 if there are none
     */
    public UpdateLaunch(TensorTable table, int averages, boolean finiteOnly, long left) {
        super("polyak_update", table, UPDATE);
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
     * @param formula code of the formula
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
        long at = FIRST_AVERAGE + which * AVERAGE.byteSize();
        argument.set(ValueLayout.JAVA_LONG, at + DELTA, delta);
        argument.set(ValueLayout.JAVA_DOUBLE, at + WEIGHT, weight);
        argument.set(ValueLayout.JAVA_DOUBLE, at + DECAY, decay);
        argument.set(ValueLayout.JAVA_DOUBLE, at + DIVISOR, divisor);
        argument.set(ValueLayout.JAVA_INT, at + FORMULA, formula);
        argument.set(
                ValueLayout.JAVA_INT, at + CALL, (acts ? ACTS : 0) | (copies ? COPIES : 0) | (updates ? UPDATES : 0));
    }
}
