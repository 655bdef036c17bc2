package dev.polyak;

import static java.util.Objects.requireNonNull;

import dev.polyak.internal.partition.WorkerThreads;
import java.util.Optional;

/**
 * How fast this JVM averages on the CPU: which loops it uses, and what is missing for faster ones.
 *
 * @param backend which loops, for a program
 * @param limit what keeps them from being faster, for a program
 * @param kernels name of the loops, such as {@code "vector, 512 bits"} or {@code "scalar"}
 * @param vectorBits size of the vectors, 0 for none
 * @param threads how many threads an update uses at most
 * @param advice what to do to make it faster; empty if nothing is missing
 */
public record Acceleration(
        Backend backend, Limit limit, String kernels, int vectorBits, int threads, Optional<String> advice) {
    /**
     * Refuses nulls.
     *
     * @param backend which loops, for a program
     * @param limit what keeps them from being faster, for a program
     * @param kernels name of the loops, such as {@code "vector, 512 bits"} or {@code "scalar"}
     * @param vectorBits size of the vectors, 0 for none
     * @param threads how many threads an update uses at most
     * @param advice what to do to make it faster; empty if nothing is missing
     */
    public Acceleration {
        requireNonNull(backend, "backend");
        requireNonNull(limit, "limit");
        requireNonNull(kernels, "kernels");
        requireNonNull(advice, "advice");
    }

    /** The kinds of loops. All give the same bits. */
    public enum Backend {
        /** SIMD, by the Vector API. */
        VECTOR,
        /** Plain Java, at about two thirds of the speed. */
        SCALAR
    }

    /** What keeps loops from being faster. */
    public enum Limit {
        /** Nothing: they are as fast as they get. */
        NONE,
        /** The property {@code polyak.kernels} asks for plain Java. */
        SWITCHED_OFF,
        /** Java was started without the module {@code jdk.incubator.vector}. */
        NO_VECTOR_API,
        /** This JVM, or its options, would not compile vectors well. */
        NO_C2
    }

    /**
     * That of this JVM.
     *
     * @return what was chosen when the library was first used
     */
    public static Acceleration current() {
        dev.polyak.internal.kernel.Backend chosen = dev.polyak.internal.kernel.Backend.get();
        return new Acceleration(
                chosen.vectorBits() > 0 ? Backend.VECTOR : Backend.SCALAR,
                switch (chosen.limit()) {
                    case NONE -> Limit.NONE;
                    case SWITCHED_OFF -> Limit.SWITCHED_OFF;
                    case NO_VECTOR_API -> Limit.NO_VECTOR_API;
                    case NO_C2 -> Limit.NO_C2;
                },
                chosen.kernels().name(),
                chosen.vectorBits(),
                WorkerThreads.shared().size(),
                chosen.advice());
    }
}
