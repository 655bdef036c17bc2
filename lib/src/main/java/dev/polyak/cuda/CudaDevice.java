package dev.polyak.cuda;

import static java.util.Objects.requireNonNull;

import dev.polyak.error.CudaException;
import dev.polyak.internal.cuda.Context;
import dev.polyak.internal.cuda.DeviceProperties;

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
    /**
     * Refuses nulls.
     *
     * @param index number by which the runtime knows it, from 0
     * @param name what its maker calls it
     * @param memory all of its memory, in bytes
     * @param major compute capability before the point
     * @param minor compute capability after the point
     * @param multiprocessors how many of them it has
     */
    public CudaDevice {
        requireNonNull(name, "name");
    }

    /**
     * How much of the memory nobody uses at this moment, this process or another. Creates this process's context on the
     * device if there is none yet, which itself takes some hundred MiB.
     *
     * @return bytes
     * @throws CudaException if the device does not answer
     */
    public long freeMemory() {
        return Context.of(index).freeMemory();
    }

    /**
     * The device in words.
     *
     * @return such as "cuda:0 (NVIDIA H200, 139.8 GiB, compute capability 9.0)"
     */
    @Override
    public String toString() {
        return DeviceProperties.describe(index, name, memory, major, minor);
    }
}
