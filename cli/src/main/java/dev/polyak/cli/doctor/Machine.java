package dev.polyak.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the JVM runs on.
 *
 * @param system operating system and its version
 * @param architecture such as {@code amd64}
 * @param processor its model
 * @param processors how many the JVM may use
 * @param memory bytes, as far as a container lets the JVM have them
 */
record Machine(String system, String architecture, String processor, int processors, long memory) {

    static Machine current() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("os.arch", "unknown"),
                processorModel(),
                Runtime.getRuntime().availableProcessors(),
                system == null ? 0 : system.getTotalMemorySize());
    }

    private static String processorModel() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown model");
        } catch (IOException e) {
            return "unknown model";
        }
    }
}
