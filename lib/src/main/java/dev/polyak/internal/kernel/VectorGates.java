package dev.polyak.internal.kernel;

import java.util.Optional;

/**
 * What a JVM must have for the Vector API to be fast: where it is not compiled, each vector is an object.
 *
 * @param api whether its module is there
 * @param vm the JVM's name
 * @param mode what the JVM says of how it runs code
 * @param lastTier the last tier of compilation that is allowed: C2 is the fourth
 * @param jvmci whether another compiler than HotSpot's own is in use
 */
record VectorGates(boolean api, String vm, String mode, int lastTier, boolean jvmci) {
    private static final int C2 = 4;

    /** Why vectors cannot be used, and what to do; empty if they can. */
    Optional<String> closed() {
        if (!api) {
            return Optional.of("the Vector API is not there; start Java with --add-modules jdk.incubator.vector");
        } else if (!vm.contains("HotSpot") && !vm.contains("OpenJDK")) {
            return Optional.of(
                    "the Vector API is compiled by HotSpot, which " + vm + " is not; use a JDK with HotSpot");
        } else if (mode.contains("interpreted")) {
            return Optional.of("the JIT compiler is off, which the Vector API needs; start Java without -Xint");
        } else if (mode.contains("emulated-client") || lastTier < C2) {
            return Optional.of("the compiler C2 is off, which the Vector API needs; start Java without"
                    + " -XX:TieredStopAtLevel");
        } else if (jvmci) {
            return Optional.of("the compiler in use is not C2, which the Vector API needs; start Java with"
                    + " -XX:-UseJVMCICompiler");
        }
        return Optional.empty();
    }

    /**
     * The last tier of compilation that this JVM is allowed. From JDK 27 on {@code java.vm.info} says nothing of it.
     */
    static int lastTierAllowed() {
        return option("TieredStopAtLevel").map(Integer::parseInt).orElse(C2);
    }

    /** Whether this JVM has replaced C2, as GraalVM does. */
    static boolean isJvmciCompilerUsed() {
        return option("UseJVMCICompiler").equals(Optional.of("true"));
    }

    /**
     * The value of an option of HotSpot's. Asked without a dependence on the management modules, which a small run-time
     * image need not have: that one is taken for HotSpot as it is.
     */
    private static Optional<String> option(String name) {
        try {
            Class<?> type = Class.forName("com.sun.management.HotSpotDiagnosticMXBean");
            Object diagnostics = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getPlatformMXBean", Class.class)
                    .invoke(null, type);
            Object option = type.getMethod("getVMOption", String.class).invoke(diagnostics, name);
            return Optional.of((String) option.getClass().getMethod("getValue").invoke(option));
        } catch (ReflectiveOperationException e) { // no such modules, or no such option
            return Optional.empty();
        }
    }
}
