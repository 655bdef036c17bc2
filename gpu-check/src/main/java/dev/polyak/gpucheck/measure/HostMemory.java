package dev.polyak.gpucheck.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much of the host's memory may still be used. Linux alone tells; elsewhere there is no limit. */
final class HostMemory {
    private static final Path SYSTEM = Path.of("/proc/meminfo");
    private static final Path CONTAINER = Path.of("/sys/fs/cgroup");

    private HostMemory() {}

    /** Bytes that are free, or would be if caches were dropped; in a container, of what it may use. */
    static long free() {
        return Math.min(ofSystem(), ofContainer());
    }

    private static long ofSystem() {
        return lines(SYSTEM).stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> number(line) * 1024)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private static long ofContainer() {
        List<String> limit = lines(CONTAINER.resolve("memory.max"));
        List<String> used = lines(CONTAINER.resolve("memory.current"));
        return limit.isEmpty() || used.isEmpty() || limit.get(0).equals("max")
                ? Long.MAX_VALUE
                : number(limit.get(0)) - number(used.get(0));
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // no Linux, or no container
        }
    }
}
