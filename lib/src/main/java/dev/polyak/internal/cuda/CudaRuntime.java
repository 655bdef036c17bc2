package dev.polyak.internal.cuda;

import java.util.List;

/** The CUDA runtime of this process, and its devices. */
public final class CudaRuntime {
    /** Looks once, when somebody asks. */
    private static final class Found {
        static final Availability AVAILABILITY = LibrarySearch.ofThisProcess().run();
    }

    private CudaRuntime() {}

    /** What was found. */
    public static Availability availability() {
        return Found.AVAILABILITY;
    }

    /**
     * Refuses an index of which there is no device.
     *
     * @throws dev.polyak.error.CudaException if there are no devices at all
     * @throws IllegalArgumentException if there is no device of this index; the message says which there are
     */
    public static int requireDevice(int index) {
        int count = requireDevices().size();
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("there is no cuda:" + index + "; there "
                    + switch (count) {
                        case 1 -> "is 1 device, cuda:0";
                        case 2 -> "are 2 devices, cuda:0 and cuda:1";
                        default -> "are " + count + " devices, cuda:0 to cuda:" + (count - 1);
                    });
        }
        return index;
    }

    /**
     * The devices.
     *
     * @throws dev.polyak.error.CudaException if there are none; its message says why
     */
    public static List<DeviceProperties> requireDevices() {
        Availability found = availability();
        if (found.devices().isEmpty()) {
            throw Failures.unavailable(found.explanation());
        }
        return found.devices();
    }
}
