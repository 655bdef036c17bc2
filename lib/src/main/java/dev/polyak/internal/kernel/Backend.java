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
 * @param advice what to do to make them faster; empty if they are as fast as they get
 */
public record Backend(Kernels kernels, int vectorBits, Optional<String> advice) {
    /** The property by which vectors are forgone. */
    public static final String PROPERTY = "polyak.kernels";

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
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return Optional.of("the Vector API is not there; start Java with --add-modules jdk.incubator.vector");
        }
        if (System.getProperty("java.vm.info", "").contains("interpreted")) {
            return Optional.of("the JIT compiler is off, which the Vector API needs; start Java without -Xint");
        }
        return Optional.empty();
    }

    private static Backend choose() {
        if ("scalar".equals(System.getProperty(PROPERTY))) {
            return new Backend(scalar(), 0, Optional.of("vectors are switched off by -D" + PROPERTY + "=scalar"));
        }
        Optional<String> missing = vectorsMissing();
        if (missing.isPresent()) {
            System.getLogger("dev.polyak")
                    .log(Level.WARNING, "averaging in plain Java, at about two thirds of the speed: " + missing.get());
            return new Backend(scalar(), 0, missing);
        }
        int bits = (int) call(VECTOR, "preferredBits", MethodType.methodType(int.class));
        return new Backend(vector(bits), bits, Optional.empty());
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
