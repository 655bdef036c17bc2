package dev.polyak.internal.kernel;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;

/**
 * The backend that this JVM uses, chosen once: vectors if it may and can, else plain Java, with one warning that says
 * which flag makes it fast. The framework property {@code polyak.kernels=scalar} forgoes vectors.
 *
 * <p>No class of the vector backend is touched before the gates are passed, so that this library runs without the
 * incubator module. (After Apache Lucene's VectorizationProvider.)
 *
 * @param kernels the loops
 * @param vectorBits size of their vectors, 0 for none
 * @param limit what keeps them from being faster
 * @param advice what to do to make them faster; empty if they are as fast as they get
 */
public record Backend(Kernels kernels, int vectorBits, Limit limit, Optional<String> advice) {
    /** What keeps the loops from being faster. */
    public enum Limit {
        NONE,
        SWITCHED_OFF,
        NO_VECTOR_API,
        NO_C2
    }

    /** The property by which vectors are forgone. */
    public static final String PROPERTY = "polyak.kernels";

    private static final String VECTOR_API = "jdk.incubator.vector";
    private static final String SCALAR = "dev.polyak.internal.scalar.ScalarKernels";
    private static final String VECTOR = "dev.polyak.internal.vector.VectorKernels";

    private static final class Holder {
        static final Backend CHOSEN = choose();
    }

    /** The backend of this JVM. */
    public static Backend get() {
        return Holder.CHOSEN;
    }

    /** The backend in plain Java. */
    public static Kernels scalar() {
        return (Kernels) call(SCALAR, "create", MethodType.methodType(Kernels.class));
    }

    /** The backend in SIMD with vectors of a size; only where {@link #vectorsMissing()} is empty. */
    public static Kernels vector(int bits) {
        return (Kernels) call(VECTOR, "create", MethodType.methodType(Kernels.class, int.class), bits);
    }

    /** Why vectors cannot be used, and what to do; empty if they can. */
    public static Optional<String> vectorsMissing() {
        return new VectorGates(
                        hasVectorApi(),
                        System.getProperty("java.vm.name", ""),
                        System.getProperty("java.vm.info", ""),
                        VectorGates.lastTierAllowed(),
                        VectorGates.isJvmciCompilerUsed())
                .closed();
    }

    /** Whether the incubator module is there: in the layer of the library's own module, if it is one. */
    private static boolean hasVectorApi() {
        ModuleLayer own = Backend.class.getModule().getLayer();
        return (own == null ? ModuleLayer.boot() : own).findModule(VECTOR_API).isPresent();
    }

    private static Backend choose() {
        if ("scalar".equals(System.getProperty(PROPERTY))) {
            return new Backend(
                    scalar(),
                    0,
                    Limit.SWITCHED_OFF,
                    Optional.of("vectors are switched off by -D" + PROPERTY + "=scalar"));
        }
        Optional<String> missing = vectorsMissing();
        if (missing.isPresent()) {
            System.getLogger("dev.polyak")
                    .log(Level.WARNING, "averaging in plain Java, at about two thirds of the speed: " + missing.get());
            return new Backend(scalar(), 0, hasVectorApi() ? Limit.NO_C2 : Limit.NO_VECTOR_API, missing);
        }
        int bits = (int) call(VECTOR, "preferredBits", MethodType.methodType(int.class));
        return new Backend(vector(bits), bits, Limit.NONE, Optional.empty());
    }

    private static Object call(String type, String method, MethodType signature, Object... arguments) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            return lookup.findStatic(lookup.findClass(type), method, signature).invokeWithArguments(arguments);
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError(type + " is missing from the library", e);
        }
    }
}
