package dev.polyak.cuda;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Whether CUDA can be used here, and why not if it cannot.
 *
 * @param state the same for a program
 * @param explanation one sentence for a user: what is there, or what is missing and what to do about it
 * @param library the runtime's file, or that which came nearest to being usable; empty if none was found
 * @param runtimeVersion the runtime's version, such as "13.0"; empty if none was found
 * @param driverVersion the newest version that the driver supports, such as "13.0"; empty if no driver is known
 * @param devices what can be used, in the order of their indices; empty if CUDA is not available
 * @param tried which libraries were tried in vain, and why each failed
 */
public record CudaAvailability(
        State state,
        String explanation,
        String library,
        String runtimeVersion,
        String driverVersion,
        List<CudaDevice> devices,
        List<String> tried) {
    /** What can be the case. */
    public enum State {
        /** There is a device that can be used. */
        AVAILABLE,
        /** This machine has no NVIDIA device, so nothing is missing. */
        NO_HARDWARE,
        /** There is no CUDA runtime, or it cannot be loaded or is too old. */
        NO_RUNTIME,
        /** Java was not started with the option that lets this library call native code. */
        NO_NATIVE_ACCESS,
        /** There is no driver, or it is too old for the runtime. */
        NO_DRIVER,
        /** The runtime fails, or finds no device. */
        NOT_WORKING
    }

    /**
     * Copies the lists.
     *
     * @param state what is the case
     * @param explanation one sentence
     * @param library file
     * @param runtimeVersion version
     * @param driverVersion version
     * @param devices what can be used
     * @param tried what failed
     */
    public CudaAvailability {
        requireNonNull(state, "state");
        requireNonNull(explanation, "explanation");
        requireNonNull(library, "library");
        requireNonNull(runtimeVersion, "runtimeVersion");
        requireNonNull(driverVersion, "driverVersion");
        requireNonNull(devices, "devices");
        requireNonNull(tried, "tried");
        devices = List.copyOf(devices);
        tried = List.copyOf(tried);
    }

    /**
     * Whether there is a runtime that has a device.
     *
     * @return false if the explanation says why not
     */
    public boolean isAvailable() {
        return state == State.AVAILABLE;
    }
}
