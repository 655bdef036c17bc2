package dev.polyak.internal.scalar;

import dev.polyak.internal.kernel.Kernels;
import dev.polyak.internal.kernel.TemplatedKernels;
import java.lang.invoke.MethodHandles;

/** The backend in plain Java. */
public final class ScalarKernels {
    private ScalarKernels() {}

    /** A backend that needs nothing but the JDK's default modules. */
    public static Kernels create() {
        return new TemplatedKernels("scalar", MethodHandles.lookup(), 0);
    }
}
