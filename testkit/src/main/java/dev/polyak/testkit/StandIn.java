package dev.polyak.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The CUDA runtime of the tests: src/cuda/stand-in, built into the file that the system property polyak.cuda.library
 * names. Its functions for tests, which real runtimes do not have.
 */
@SuppressWarnings("restricted")
public final class StandIn {
    /** The system property that allows the stand-in to be missing. */
    static final String WITHOUT_CUDA = "polyak.tests.without-cuda";

    private static final int REPORT_BYTES = 1 << 16;

    /** Bound once it is known that there is a stand-in. */
    private static final class Functions {
        static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup(library(), Arena.global());
        static final MethodHandle RESET = bind("standInReset");
        static final MethodHandle FAIL = bind("standInFail", ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
        static final MethodHandle FAIL_OPERATION =
                bind("standInFailOperation", ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
        static final MethodHandle DELAYS = bind("standInDelays", ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
        static final MethodHandle BANDWIDTH =
                bind("standInBandwidth", ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE);
        static final MethodHandle MEMORY = bind("standInMemory", ValueLayout.JAVA_LONG);
        static final MethodHandle REPORT = bind("standInReport", ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
        static final MethodHandle CALLS = bindCount("standInCalls");
        static final MethodHandle LAUNCHES = bindCount("standInLaunches");
        static final MethodHandle LIVE_BYTES = bindCount("standInLiveBytes");
        static final MethodHandle LIVE_OBJECTS = bindCount("standInLiveObjects");

        private static MethodHandle bind(String function, MemoryLayout... arguments) {
            return handle(function, FunctionDescriptor.ofVoid(arguments));
        }

        private static MethodHandle bindCount(String function) {
            return handle(function, FunctionDescriptor.of(ValueLayout.JAVA_LONG));
        }

        private static MethodHandle handle(String function, FunctionDescriptor type) {
            return Linker.nativeLinker().downcallHandle(LIBRARY.find(function).orElseThrow(), type);
        }
    }

    private StandIn() {}

    /** The file in which the stand-in is, or would be. */
    public static Path library() {
        return Path.of(System.getProperty("polyak.cuda.library", "there is no property polyak.cuda.library"));
    }

    /** Whether the file is there. */
    public static boolean isThere() {
        return Files.isRegularFile(library());
    }

    /**
     * Whether tests can run on the stand-in.
     *
     * @throws AssertionError if it is missing, and nobody said that this may be
     */
    public static boolean isUsable() {
        if (isThere() || mayBeMissing()) {
            return isThere();
        }
        throw new AssertionError("the stand-in CUDA runtime of the tests is missing (" + library()
                + "): install a C++ compiler (apt-get install g++) and build again, or skip the tests that need it with"
                + " -D" + WITHOUT_CUDA);
    }

    /** Sets all settings back; fails a test where there is no stand-in, or skips it where that was asked for. */
    public static void require() {
        assumeTrue(isUsable(), "there is no stand-in CUDA runtime, which -D" + WITHOUT_CUDA + " allows");
        reset();
    }

    private static boolean mayBeMissing() {
        String value = System.getProperty(WITHOUT_CUDA);
        return value != null && !value.equals("false");
    }

    /** Forgets injected failures and lost devices, and sets delays, bandwidth and memory back; frees nothing. */
    public static void reset() {
        run(Functions.RESET);
    }

    /** Lets the n-th call from now fail, 1 being the next. */
    public static void fail(long n, int code) {
        run(Functions.FAIL, n, code);
    }

    /** Lets the n-th operation that is enqueued from now fail when it runs. */
    public static void failOperation(long n, int code) {
        run(Functions.FAIL_OPERATION, n, code);
    }

    /** Lets operations wait before they begin, at random, up to so many microseconds. */
    public static void delays(long seed, int maxMicros) {
        run(Functions.DELAYS, seed, maxMicros);
    }

    /** Limits copies between host and devices, in bytes per second; 0 for no limit. */
    public static void bandwidth(double hostToDevice, double deviceToHost) {
        run(Functions.BANDWIDTH, hostToDevice, deviceToHost);
    }

    /** Sets how much memory each device has. */
    public static void memory(long bytes) {
        run(Functions.MEMORY, bytes);
    }

    /** How many calls this process has made, those of this class not counted. */
    public static long calls() {
        return count(Functions.CALLS);
    }

    /** How many kernels this process has launched. */
    public static long launches() {
        return count(Functions.LAUNCHES);
    }

    /** Bytes of device memory that are not freed; 0 where there is no stand-in. */
    public static long liveBytes() {
        return isThere() ? count(Functions.LIVE_BYTES) : 0;
    }

    /** How many streams, events and pieces of page-locked or opened memory are not given back. */
    public static long liveObjects() {
        return count(Functions.LIVE_OBJECTS);
    }

    /** What is not freed, a line each. */
    public static String report() {
        if (!isThere()) {
            return "";
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(REPORT_BYTES);
            run(Functions.REPORT, text, (long) REPORT_BYTES);
            byte[] bytes = text.toArray(ValueLayout.JAVA_BYTE);
            int end = 0;
            while (bytes[end] != 0) {
                end++;
            }
            return new String(bytes, 0, end, StandardCharsets.UTF_8);
        }
    }

    private static void run(MethodHandle function, Object... arguments) {
        try {
            function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static long count(MethodHandle function) {
        try {
            return (long) function.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
