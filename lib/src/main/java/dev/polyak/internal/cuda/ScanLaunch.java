package dev.polyak.internal.cuda;

import java.lang.foreign.ValueLayout;

/** Counts infinities and NaNs in the sources of those tensors that one of the averages averages. */
public final class ScanLaunch extends Launch {
    private static final long FOUND = KernelArguments.offset(KernelArguments.SCAN, "found");
    private static final long WHICH = KernelArguments.offset(KernelArguments.SCAN, "which");

    /**
     * Prepares launches over a table.
     *
     * @param found address, on the device, of two numbers of 64 bits: to the first is added how many there are, the
     *     second becomes the number of a tensor that has some
     */
    public ScanLaunch(TensorTable table, long found) {
        super("polyak_scan", table, KernelArguments.SCAN);
        argument.set(ValueLayout.JAVA_LONG, FOUND, found);
    }

    /** Sets which of the averages the next launch asks. */
    public void which(int average) {
        argument.set(ValueLayout.JAVA_INT, WHICH, average);
    }
}
