package dev.polyak.internal.kernel;

import java.util.Optional;

/**
 * What a JVM must have for the Vector API to be fast: where it is not compiled, each vector is an object.
 *
 * @param api whether its module is there
 * @param vm the JVM's name
 * @param mode what the JVM says of how it runs code
 * @param jvmci whether another compiler than HotSpot's own is in use
 */
record VectorGates(boolean api, String vm, String mode, boolean jvmci) {
    /** Why vectors cannot be used, and what to do; empty if they can. */
    Optional<String> closed() {
        if (!api) {
            return Optional.of("the Vector API is not there; start Java with --add-modules jdk.incubator.vector");
        } else if (!vm.contains("HotSpot") && !vm.contains("OpenJDK")) {
            return Optional.of(
                    "the Vector API is compiled by HotSpot, which " + vm + " is not; use a JDK with HotSpot");
        } else if (mode.contains("interpreted")) {
            return Optional.of("the JIT compiler is off, which the Vector API needs; start Java without -Xint");
        } else if (mode.contains("emulated-client")) {
            return Optional.of("the compiler C2 is off, which the Vector API needs; start Java without"
                    + " -XX:TieredStopAtLevel");
        } else if (jvmci) {
            return Optional.of("the compiler in use is not C2, which the Vector API needs; start Java with"
                    + " -XX:-UseJVMCICompiler");
        }
        return Optional.empty();
    }

    /**
     * Whether this JVM has replaced C2, as GraalVM does. Asked without a dependence on the management modules, which a
     * small run-time image need not have: that one is taken for HotSpot as it is.
     */
    static boolean isJvmciCompilerUsed() {
        try {
            Class<?> type = Class.forName("com.sun.management.HotSpotDiagnosticMXBean");
            Object diagnostics = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getPlatformMXBean", Class.class)
                    .invoke(null, type);
            Object option = type.getMethod("getVMOption", String.class).invoke(diagnostics, "UseJVMCICompiler");
            return "true".equals(option.getClass().getMethod("getValue").invoke(option));
        } catch (ReflectiveOperationException e) { // no such modules, or no such option
            return false;
        }
    }
}
