package dev.polyak.cli.device;

import dev.polyak.Device;
import dev.polyak.cli.console.Failure;
import dev.polyak.cuda.Cuda;
import dev.polyak.error.CudaException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * DeviceOption to compute, as {@code --device} says it.
 *
 * @param device the device; null for {@code auto}: a GPU if one is there and large enough
 */
public record DeviceOption(@Nullable Device device) {
    private static final String AUTO = "auto";

    /**
     * Whether the device is chosen here, so that its user wants to know which it is.
     *
     * @return whether the option is {@code auto}
     */
    public boolean isAuto() {
        return device == null;
    }

    /**
     * Finds the device, and makes sure that it is there.
     *
     * @param bytes how much memory the work takes on a GPU
     * @return the device, and why it is this one
     * @throws Failure if there is no such device
     */
    public Device.Choice choose(long bytes) throws Failure {
        if (device == null) {
            return Device.choose(bytes);
        }
        if (device.type() == Device.Type.CUDA) {
            require(device);
        }
        return new Device.Choice(device, Device.Cause.NAMED, "as --device says");
    }

    private static void require(Device gpu) throws Failure {
        try {
            Cuda.device(gpu.index());
        } catch (CudaException | IllegalArgumentException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        }
    }

    /** Reads the option's value, and lists the usual ones for completion. */
    public static final class Converter implements ITypeConverter<DeviceOption>, Iterable<String> {
        /** The converter, for picocli. */
        public Converter() {}

        @Override
        public DeviceOption convert(String text) {
            if (text.equals(AUTO)) {
                return new DeviceOption(null);
            }
            try {
                return new DeviceOption(Device.parse(text));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' is none of cpu, cuda:0 (cuda:1, ...) and auto");
            }
        }

        @Override
        public Iterator<String> iterator() {
            return List.of("cpu", "cuda:0", AUTO).iterator();
        }
    }
}
