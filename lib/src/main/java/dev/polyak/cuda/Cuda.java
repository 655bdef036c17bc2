package dev.polyak.cuda;

import java.util.List;

/** What this machine has of CUDA. */
public final class Cuda {
    /** Looks once, when somebody asks. */
    private static final class Found {
        static final CudaAvailability AVAILABILITY =
                LibrarySearch.ofThisProcess().run();
    }

    private Cuda() {}

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
        CudaAvailability availability = availability();
        if (!availability.isAvailable()) {
            throw CudaException.unavailable(availability);
        }
        return availability.devices();
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
        List<CudaDevice> devices = devices();
        if (index < 0 || index >= devices.size()) {
            throw new IllegalArgumentException("there is no cuda:" + index + "; there "
                    + switch (devices.size()) {
                        case 1 -> "is 1 device, cuda:0";
                        case 2 -> "are 2 devices, cuda:0 and cuda:1";
                        default -> "are " + devices.size() + " devices, cuda:0 to cuda:" + (devices.size() - 1);
                    });
        }
        return devices.get(index);
    }
}
