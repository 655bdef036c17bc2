package dev.polyak.cuda;

import dev.polyak.error.CudaException;

/** A GPU. Its {@code toString()} is such as "cuda:0 (NVIDIA H200, 139.8 GiB, compute capability 9.0)". */
public interface CudaDevice {
    /**
     * The number by which the runtime knows it.
     *
     * @return the number, from 0
     */
    int index();

    /**
     * What its maker calls it.
     *
     * @return its name
     */
    String name();

    /**
     * All of its memory.
     *
     * @return bytes
     */
    long memory();

    /**
     * Compute capability before the point.
     *
     * @return the number
     */
    int major();

    /**
     * Compute capability after the point.
     *
     * @return the number
     */
    int minor();

    /**
     * How many multiprocessors it has.
     *
     * @return the number
     */
    int multiprocessors();

    /**
     * How much of the memory nobody uses at this moment, this process or another. Creates this process's context on the
     * device if there is none yet, which itself takes some hundred MiB.
     *
     * @return bytes
     * @throws CudaException if the device does not answer
     */
    long freeMemory();
}
