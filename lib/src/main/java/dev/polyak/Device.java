package dev.polyak;

import static java.util.Objects.requireNonNull;

import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaAvailability;
import dev.polyak.cuda.CudaDevice;
import dev.polyak.error.CudaException;
import dev.polyak.internal.text.Bytes;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the memory of a {@link ParameterStore} is.
 *
 * @param type kind of device
 * @param index which of its kind, from 0
 */
public record Device(Type type, int index) {
    private static final Device CPU = new Device(Type.CPU, 0);
    private static final Pattern CUDA_NAME = Pattern.compile("cuda(?::(\\d{1,4}))?");

    /** The kinds of device. */
    public enum Type {
        /** The host: its memory, its cores. */
        CPU,
        /** An NVIDIA GPU. */
        CUDA
    }

    /**
     * A device, and why it was chosen.
     *
     * @param device the device
     * @param cause why, for a program
     * @param reason why, in a phrase for people
     */
    public record Choice(Device device, Cause cause, String reason) {
        /**
         * Refuses nulls.
         *
         * @param device the device
         * @param cause why, for a program
         * @param reason why, in a phrase for people
         */
        public Choice {
            requireNonNull(device, "device");
            requireNonNull(cause, "cause");
            requireNonNull(reason, "reason");
        }
    }

    /** Why a device was chosen. */
    public enum Cause {
        /** It was asked for by name. */
        NAMED,
        /** The GPU has enough free memory. */
        GPU_IS_LARGE_ENOUGH,
        /** No GPU has enough free memory. */
        GPU_IS_TOO_SMALL,
        /** CUDA is not available: {@link Cuda#availability()} says why. */
        NO_CUDA,
        /** A GPU is there but failed when it was asked. */
        GPU_FAILED
    }

    /**
     * Checks the components.
     *
     * @param type kind of device
     * @param index which of its kind
     * @throws IllegalArgumentException if there can be no such device
     */
    public Device {
        requireNonNull(type, "type");
        if (index < 0 || (type == Type.CPU && index != 0)) {
            throw new IllegalArgumentException(
                    type == Type.CPU
                            ? "there is one cpu, number 0, not number " + index
                            : "GPUs are numbered from 0, not " + index);
        }
    }

    /**
     * The host.
     *
     * @return the device of host memory
     */
    public static Device cpu() {
        return CPU;
    }

    /**
     * An NVIDIA GPU. Whether it is there is found out when it is used.
     *
     * @param index its number, from 0, in the CUDA runtime's order (CUDA_VISIBLE_DEVICES changes it)
     * @return the device
     * @throws IllegalArgumentException if index is negative
     */
    public static Device cuda(int index) {
        return new Device(Type.CUDA, index);
    }

    /**
     * Finds a device by its {@linkplain #toString() name}.
     *
     * @param name {@code cpu}, {@code cuda:0} (or {@code cuda}, the same), {@code cuda:1}, …
     * @return the device
     * @throws IllegalArgumentException if it is no such name
     */
    public static Device parse(String name) {
        requireNonNull(name, "name");
        if (name.equals("cpu")) {
            return CPU;
        }
        Matcher matcher = CUDA_NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + name + "' is not a device: it is cpu, or cuda:0, cuda:1, …");
        }
        return cuda(matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1)));
    }

    /**
     * Chooses the GPU if there is one with so much free memory, else the CPU. Of several GPUs, the one with the most
     * free memory.
     *
     * @param bytes how much memory the work will take there
     * @return the device, with the reason in a phrase for people
     */
    public static Choice choose(long bytes) {
        CudaAvailability availability = Cuda.availability();
        if (!availability.isAvailable()) {
            return new Choice(CPU, Cause.NO_CUDA, availability.explanation());
        }
        try {
            CudaDevice best = null;
            long most = -1;
            for (CudaDevice device : availability.devices()) {
                long free = device.freeMemory();
                if (free > most) {
                    most = free;
                    best = device;
                }
            }
            if (best == null) {
                return new Choice(CPU, Cause.NO_CUDA, "there is no GPU");
            }
            String found = best.name() + " has " + Bytes.text(most) + " free, ";
            return most >= bytes
                    ? new Choice(
                            cuda(best.index()),
                            Cause.GPU_IS_LARGE_ENOUGH,
                            found + "enough for the " + Bytes.text(bytes) + " that are needed")
                    : new Choice(
                            CPU,
                            Cause.GPU_IS_TOO_SMALL,
                            found + "too little for the " + Bytes.text(bytes) + " that are needed");
        } catch (CudaException e) {
            return new Choice(CPU, Cause.GPU_FAILED, "the GPU cannot be used: " + e.getMessage());
        }
    }

    @Override
    public String toString() {
        return type == Type.CPU ? "cpu" : type.name().toLowerCase(Locale.ROOT) + ":" + index;
    }
}
