package dev.polyak.cuda;

import dev.polyak.error.CudaException;
import dev.polyak.internal.cuda.Availability;
import dev.polyak.internal.cuda.CudaRuntime;
import dev.polyak.internal.cuda.DeviceProperties;
import java.util.List;

/** What this machine has of CUDA. */
public final class Cuda {
    /** Looks once, when somebody asks. */
    private static final class Found {
        static final CudaAvailability AVAILABILITY = of(CudaRuntime.availability());
    }

    private Cuda() {}

    private static CudaAvailability of(Availability found) {
        return new CudaAvailability(
                CudaAvailability.State.valueOf(found.state().name()),
                found.explanation(),
                found.library(),
                found.runtimeVersion(),
                found.driverVersion(),
                found.devices().stream().map(Cuda::of).toList(),
                found.tried());
    }

    private static CudaDevice of(DeviceProperties device) {
        return new CudaDevice(
                device.index(),
                device.name(),
                device.memory(),
                device.major(),
                device.minor(),
                device.multiprocessors());
    }

    /**
     * Looks for a CUDA runtime and its devices, once in the life of a process, and creates no context on any. The
     * runtime is searched in the file that the system property {@code polyak.cuda.library} names, and nowhere else if
     * it is set; then as {@code libcudart.so.13}, {@code libcudart.so.12} and {@code libcudart.so} by the dynamic
     * loader, in the folders of {@code LD_LIBRARY_PATH}, and in those where toolkits and packages usually put it. It
     * must be of CUDA 12.8 or newer.
     *
     * @return what was found, or why nothing was; never throws for lack of CUDA
     */
    public static CudaAvailability availability() {
        return Found.AVAILABILITY;
    }

    /**
     * The devices that can be used.
     *
     * @return at least one, in the order of their indices
     * @throws CudaException if CUDA is not available; its message says why
     */
    public static List<CudaDevice> devices() {
        CudaRuntime.requireDevices();
        return availability().devices();
    }

    /**
     * One device.
     *
     * @param index which, from 0
     * @return the device
     * @throws CudaException if CUDA is not available; its message says why
     * @throws IllegalArgumentException if there is no device of this index; the message says which there are
     */
    public static CudaDevice device(int index) {
        return devices().get(CudaRuntime.requireDevice(index));
    }
}
