package dev.polyak.internal.vector;

import dev.polyak.internal.kernel.Kernels;
import dev.polyak.internal.kernel.TemplatedKernels;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.VectorShape;

/** The backend in SIMD, for vectors of a chosen size. */
public final class VectorKernels {
    private VectorKernels() {}

    /** Size of the vectors that this machine prefers. */
    public static int preferredBits() {
        return VectorShape.preferredShape().vectorBitSize();
    }

    /**
     * A backend with vectors of a size; any size gives the right bits, sizes that the machine lacks are very slow.
     *
     * @param bits 128, 256 or 512, or {@link #preferredBits()}
     */
    public static Kernels create(int bits) {
        return new TemplatedKernels("vector, " + bits + " bits", MethodHandles.lookup(), bits);
    }
}
