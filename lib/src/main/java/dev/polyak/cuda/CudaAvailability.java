package dev.polyak.cuda;

import java.util.List;

/** Whether CUDA can be used here, and why not if it cannot. */
public interface CudaAvailability {
    /** What can be the case. */
    enum State {
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
     * Whether CUDA can be used, for a program.
     *
     * @return what is the case
     */
    State state();

    /**
     * Whether CUDA can be used, for a user.
     *
     * @return one sentence: what is there, or what is missing and what to do about it
     */
    String explanation();

    /**
     * The runtime's file.
     *
     * @return the file, or that which came nearest to being usable; empty if none was found
     */
    String library();

    /**
     * The runtime's version.
     *
     * @return such as "13.0"; empty if none was found
     */
    String runtimeVersion();

    /**
     * The newest version that the driver supports.
     *
     * @return such as "13.0"; empty if no driver is known
     */
    String driverVersion();

    /**
     * The devices that can be used.
     *
     * @return in the order of their indices; empty if CUDA is not available. Unmodifiable
     */
    List<CudaDevice> devices();

    /**
     * The libraries that were tried in vain.
     *
     * @return which they are, and why each failed; unmodifiable
     */
    List<String> tried();

    /**
     * Whether there is a runtime that has a device.
     *
     * @return false if the explanation says why not
     */
    default boolean isAvailable() {
        return state() == State.AVAILABLE;
    }
}
