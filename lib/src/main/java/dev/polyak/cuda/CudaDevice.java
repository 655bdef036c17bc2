package dev.polyak.cuda;

import dev.polyak.cuda.bindings.Cudart;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A GPU.
 *
 * @param index number by which the runtime knows it, from 0
 * @param name what its maker calls it
 * @param memory all of its memory, in bytes
 * @param major compute capability before the point
 * @param minor compute capability after the point
 * @param multiprocessors how many of them it has
 */
public record CudaDevice(int index, String name, long memory, int major, int minor, int multiprocessors) {
    /** More than cudaDeviceProp takes in any version: it is 1032 bytes in CUDA 12 and 1008 in CUDA 13. */
    private static final int PROPERTIES_BYTES = 4096;

    private static final int NAME_BYTES = 256;
    /** Where cudaDeviceProp has totalGlobalMem, in CUDA 12 and 13 alike. */
    private static final int MEMORY_OFFSET = 288;

    /** Asks the runtime about a device; creates no context. */
    static CudaDevice read(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment properties = arena.allocate(PROPERTIES_BYTES, Long.BYTES);
            check(Cudart.cudaGetDeviceProperties(properties, index), "cudaGetDeviceProperties", index);
            return new CudaDevice(
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
            throw CudaException.of(code, call, index);
        }
    }

    /**
     * How much of the memory nobody uses at this moment, this process or another. Creates this process's context on the
     * device if there is none yet, which itself takes some hundred MiB.
     *
     * @return bytes
     * @throws CudaException if the device does not answer
     */
    public long freeMemory() {
        Context context = Context.of(index);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment total = arena.allocate(ValueLayout.JAVA_LONG);
            context.enter();
            context.check(Cudart.cudaMemGetInfo(free, total), "cudaMemGetInfo");
            return free.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /**
     * The device in words.
     *
     * @return such as "cuda:0 (NVIDIA H200, 139.8 GiB, compute capability 9.0)"
     */
    @Override
    public String toString() {
        return "cuda:" + index + " (" + name + ", " + ByteCount.text(memory) + ", compute capability " + major + "."
                + minor + ")";
    }
}
