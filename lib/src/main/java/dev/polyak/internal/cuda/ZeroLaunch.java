package dev.polyak.internal.cuda;

/** Sets the averaged tensors of a table to zero. */
public final class ZeroLaunch extends Launch {
    /** Prepares launches over a table. */
    public ZeroLaunch(TensorTable table) {
        super(
                "polyak_zero",
                table,
                KernelArguments.ZERO); // what follows the table is zero: the first average, at its own place
    }
}
