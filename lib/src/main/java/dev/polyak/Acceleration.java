package dev.polyak;

import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.partition.WorkerThreads;
import java.util.Optional;

/**
 * How fast this JVM averages on the CPU: which loops it uses, and what is missing for faster ones.
 *
 * @param kernels name of the loops, such as {@code "vector, 512 bits"} or {@code "scalar"}
 * @param vectorBits size of the vectors, 0 for none
 * @param threads how many threads an update uses at most
 * @param advice what to do to make it faster; empty if nothing is missing
 */
public record Acceleration(String kernels, int vectorBits, int threads, Optional<String> advice) {
    /**
     * That of this JVM.
     *
     * @return what was chosen when the library was first used
     */
    public static Acceleration current() {
        Backend backend = Backend.get();
        return new Acceleration(
                backend.kernels().name(),
                backend.vectorBits(),
                WorkerThreads.shared().size(),
                backend.advice());
    }
}
