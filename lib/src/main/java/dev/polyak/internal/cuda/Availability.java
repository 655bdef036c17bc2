package dev.polyak.internal.cuda;

import java.util.List;

/**
 * Whether CUDA can be used here, and why not if it cannot.
 *
 * @param state the same for a program
 * @param explanation one sentence for a user: what is there, or what is missing and what to do about it
 * @param library the runtime's file, or that which came nearest to being usable; empty if none was found
 * @param runtimeVersion the runtime's version; empty if none was found
 * @param driverVersion the newest version that the driver supports; empty if no driver is known
 * @param devices what can be used, in the order of their indices; empty if CUDA is not available
 * @param tried which libraries were tried in vain, and why each failed
 */
public record Availability(
        State state,
        String explanation,
        String library,
        String runtimeVersion,
        String driverVersion,
        List<DeviceProperties> devices,
        List<String> tried) {

    /** What {@code dev.polyak.cuda.CudaAvailability.State} says, by the same names. */
    public enum State {
        AVAILABLE,
        NO_HARDWARE,
        NO_RUNTIME,
        NO_NATIVE_ACCESS,
        NO_DRIVER,
        NOT_WORKING
    }
}
