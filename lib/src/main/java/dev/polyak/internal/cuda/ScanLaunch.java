package dev.polyak.internal.cuda;

import java.lang.foreign.ValueLayout;

/** Counts infinities and NaNs in the sources of those tensors that one of the averages averages. */
public final class ScanLaunch extends Launch {
    /**
     * Prepares launches over a table.
     *
     * @param found address, on the device, of two numbers of 64 bits: to the first is added how many there are, the
     *     second becomes the number of a tensor that has some
     */
    public ScanLaunch(TensorTable table, long found) {
        super("polyak_scan", table, 40);
        argument.set(ValueLayout.JAVA_LONG, 24, found);
    }

    /** Sets which of the averages the next launch asks. */
    public void which(int average) {
        argument.set(ValueLayout.JAVA_INT, 32, average);
    }
}
