package dev.polyak.cli.doctor;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The JVM.
 *
 * @param version such as {@code 25.0.3+9}
 * @param vendor who built it
 * @param home its folder
 * @param heapLimit bytes that the heap may take
 * @param nativeLimit bytes that memory outside the heap may take, mapped files not counted
 * @param hasFma whether Math.fma is an instruction
 * @param hasNativeAccess whether native code may be called
 */
record Jvm(
        String version,
        String vendor,
        String home,
        long heapLimit,
        long nativeLimit,
        boolean hasFma,
        boolean hasNativeAccess) {
    private static final int OLDEST = 21;

    static Jvm current() {
        long heap = Runtime.getRuntime().maxMemory();
        long direct = Long.parseLong(Objects.requireNonNullElse(option("MaxDirectMemorySize"), "0"));
        return new Jvm(
                Runtime.version().toString(),
                System.getProperty("java.vendor", "unknown"),
                System.getProperty("java.home", "unknown"),
                heap,
                direct == 0 ? heap : direct, // 0 says: as the heap
                !"false".equals(option("UseFMA")),
                Jvm.class.getModule().isNativeAccessEnabled());
    }

    boolean isSupported() {
        return Runtime.version().feature() >= OLDEST;
    }

    /** The value of one of HotSpot's options; null if this JVM does not have it. */
    private static @Nullable String option(String name) {
        try {
            HotSpotDiagnosticMXBean hotSpot = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return hotSpot == null ? null : hotSpot.getVMOption(name).getValue();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
