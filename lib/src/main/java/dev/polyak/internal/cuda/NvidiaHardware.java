package dev.polyak.internal.cuda;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether this machine can have an NVIDIA device, driver or not: nobody should be told to install a driver for nothing.
 */
final class NvidiaHardware {
    /** What the driver makes, on a PC, in a container, on a Jetson, and under WSL. */
    private static final List<String> OF_THE_DRIVER =
            List.of("proc/driver/nvidia", "dev/nvidiactl", "dev/nvidia0", "dev/nvmap", "dev/dxg");

    private static final String PCI = "sys/bus/pci/devices";
    private static final String NVIDIA = "0x10de";

    private NvidiaHardware() {}

    /** Whether there is such a device, or no telling. */
    static boolean mayBeHere() {
        return !System.getProperty("os.name", "").equals("Linux") || mayBeUnder(Path.of("/"));
    }

    /** The same for a Linux whose files are under a folder. */
    static boolean mayBeUnder(Path root) {
        if (OF_THE_DRIVER.stream().map(root::resolve).anyMatch(Files::exists)) {
            return true;
        }
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(root.resolve(PCI))) {
            for (Path device : devices) {
                if (Files.readString(device.resolve("vendor")).strip().equals(NVIDIA)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) { // no such folder, or not for us
            return true;
        }
    }
}
