package dev.polyak.internal.cuda;

import dev.polyak.cuda.bindings.Cudart;
import dev.polyak.internal.text.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the runtime tells of a device.
 *
 * @param index number by which the runtime knows it, from 0
 * @param name what its maker calls it
 * @param memory all of its memory, in bytes
 * @param major compute capability before the point
 * @param minor compute capability after the point
 * @param multiprocessors how many of them it has
 */
public record DeviceProperties(int index, String name, long memory, int major, int minor, int multiprocessors) {
    /** More than cudaDeviceProp takes in any version: it is 1032 bytes in CUDA 12 and 1008 in CUDA 13. */
    private static final int PROPERTIES_BYTES = 4096;

    private static final int NAME_BYTES = 256;
    /** Where cudaDeviceProp has totalGlobalMem, in CUDA 12 and 13 alike. */
    private static final int MEMORY_OFFSET = 288;

    /** Asks the runtime about a device; creates no context. */
    static DeviceProperties read(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment properties = arena.allocate(PROPERTIES_BYTES, Long.BYTES);
            check(Cudart.cudaGetDeviceProperties(properties, index), "cudaGetDeviceProperties", index);
            return new DeviceProperties(
                    index,
                    NativeText.read(properties.asSlice(0, NAME_BYTES)),
                    properties.get(ValueLayout.JAVA_LONG, MEMORY_OFFSET),
                    attribute(arena, Cudart.cudaDevAttrComputeCapabilityMajor(), index),
                    attribute(arena, Cudart.cudaDevAttrComputeCapabilityMinor(), index),
                    attribute(arena, Cudart.cudaDevAttrMultiProcessorCount(), index));
        }
    }

    private static int attribute(Arena arena, int attribute, int index) {
        MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
        check(
                Cudart.cudaDeviceGetAttribute(value, attribute, index),
                "cudaDeviceGetAttribute(" + attribute + ")",
                index);
        return value.get(ValueLayout.JAVA_INT, 0);
    }

    private static void check(int code, String call, int index) {
        if (code != Cudart.cudaSuccess()) {
            throw Failures.of(code, call, index);
        }
    }

    @Override
    public String toString() {
        return "cuda:" + index + " (" + name + ", " + Bytes.text(memory) + ", compute capability " + major + "." + minor
                + ")";
    }
}
