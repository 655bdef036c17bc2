package dev.polyak.cuda;

import dev.polyak.error.CudaException;
import dev.polyak.internal.cuda.Availability;
import dev.polyak.internal.cuda.Context;
import dev.polyak.internal.cuda.CudaRuntime;
import dev.polyak.internal.cuda.DeviceProperties;
import java.util.List;

/** What this machine has of CUDA. */
public final class Cuda {
    /** Looks once, when somebody asks. */
    private static final class Once {
        static final CudaAvailability AVAILABILITY = new Found(CudaRuntime.availability());
    }

    /** What was found, for users. */
    private record Found(Availability found, List<CudaDevice> devices) implements CudaAvailability {
        Found(Availability found) {
            this(found, found.devices().stream().<CudaDevice>map(Gpu::new).toList());
        }

        @Override
        public State state() {
            return State.valueOf(found.state().name());
        }

        @Override
        public String explanation() {
            return found.explanation();
        }

        @Override
        public String library() {
            return found.library();
        }

        @Override
        public String runtimeVersion() {
            return found.runtimeVersion();
        }

        @Override
        public String driverVersion() {
            return found.driverVersion();
        }

        @Override
        public List<String> tried() {
            return List.copyOf(found.tried());
        }
    }

    /** A device, for users. */
    private record Gpu(DeviceProperties properties) implements CudaDevice {
        @Override
        public int index() {
            return properties.index();
        }

        @Override
        public String name() {
            return properties.name();
        }

        @Override
        public long memory() {
            return properties.memory();
        }

        @Override
        public int major() {
            return properties.major();
        }

        @Override
        public int minor() {
            return properties.minor();
        }

        @Override
        public int multiprocessors() {
            return properties.multiprocessors();
        }

        @Override
        public long freeMemory() {
            return Context.of(properties.index()).freeMemory();
        }

        @Override
        public String toString() {
            return properties.toString();
        }
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
        return Once.AVAILABILITY;
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
