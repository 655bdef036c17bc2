package dev.polyak;

import java.util.Locale;

/**
 * Where the memory of a {@link ParameterStore} is.
 *
 * @param type kind of device
 * @param index which of its kind, from 0
 */
public record Device(Type type, int index) {
    private static final Device CPU = new Device(Type.CPU, 0);

    /** The kinds of device. */
    public enum Type {
        /** The host: its memory, its cores. */
        CPU
    }

    /**
     * Checks the components.
     *
     * @param type kind of device
     * @param index which of its kind
     * @throws IllegalArgumentException if there can be no such device
     */
    public Device {
        if (index != 0) {
            throw new IllegalArgumentException(
                    "there is one " + type.name().toLowerCase(Locale.ROOT) + ", number 0, not number " + index);
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

    @Override
    public String toString() {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
