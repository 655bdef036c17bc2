package dev.polyak.internal.cuda;

import java.lang.foreign.ValueLayout;

/** Divides the averaged tensors of a table, rounded once. */
public final class DivideLaunch extends Launch {
    /** Prepares launches over a table. */
    public DivideLaunch(TensorTable table, double divisor) {
        super("polyak_divide", table, 32);
        argument.set(ValueLayout.JAVA_DOUBLE, 24, divisor);
    }
}
