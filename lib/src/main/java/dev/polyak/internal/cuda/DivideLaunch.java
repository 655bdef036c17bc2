package dev.polyak.internal.cuda;

import java.lang.foreign.ValueLayout;

/** Divides the averaged tensors of a table, rounded once. */
public final class DivideLaunch extends Launch {
    private static final long DIVISOR = KernelArguments.offset(KernelArguments.DIVIDE, "divisor");

    /** Prepares launches over a table. */
    public DivideLaunch(TensorTable table, double divisor) {
        super("polyak_divide", table, KernelArguments.DIVIDE);
        argument.set(ValueLayout.JAVA_DOUBLE, DIVISOR, divisor);
    }
}
