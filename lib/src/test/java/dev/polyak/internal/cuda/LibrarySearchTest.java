package dev.polyak.internal.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a CUDA runtime is looked for. What is found in these tests can never be loaded. */
class LibrarySearchTest {
    @TempDir
    Path folder;

    @Test
    void theUsualFoldersComeInOrder() {
        assertThat(LibrarySearch.usualFolders(
                        Map.of("LD_LIBRARY_PATH", "/first::/second", "VIRTUAL_ENV", "/venv"), "/home/ada"))
                .startsWith("/first", "/second", "/usr/local/cuda*/lib64")
                .containsSubsequence(
                        "/usr/lib/x86_64-linux-gnu",
                        "/venv/lib/python3*/site-packages/nvidia/cu13/lib",
                        "/venv/lib/python3*/site-packages/nvidia/cuda_runtime/lib",
                        "/home/ada/.local/lib/python3*/site-packages/nvidia/cu13/lib",
                        "/usr/lib/python3/dist-packages/nvidia/cuda_runtime/lib");
    }

    @Test
    void newerVersionsComeFirst() throws IOException {
        put("cuda-9.2/lib64/libcudart.so");
        put("cuda-13.0/lib64/libcudart.so.13");
        put("cuda-12.10/lib64/libcudart.so.12");
        put("cuda-12.8/lib64/libcudart.so.12");
        Files.createSymbolicLink(folder.resolve("cuda"), folder.resolve("cuda-13.0"));
        assertThat(search("cuda*/lib64").tried())
                .extracting(reason -> reason.replaceAll("^(.*) was found in .*/(cuda[^/]*)/lib64, but .*$", "$2 $1"))
                .endsWith(
                        "cuda-13.0 libcudart.so.13",
                        "cuda-12.10 libcudart.so.12",
                        "cuda-12.8 libcudart.so.12",
                        "cuda-9.2 libcudart.so");
    }

    @Test
    void theSentenceSaysWhyALibraryCannotBeLoaded() throws IOException {
        put("lib/libcudart.so.13");
        Availability availability = new LibrarySearch(folder + "/lib/libcudart.so.13", List.of(), true).run();
        assertThat(availability.devices()).isEmpty();
        assertThat(availability.explanation())
                .startsWith("CUDA is not available: libcudart.so.13 was found in " + folder
                        + "/lib, but cannot be loaded: ")
                .endsWith("; install the CUDA runtime 12.8 or newer, or name it with -Dpolyak.cuda.library=FILE");
        assertThat(availability.library()).isEqualTo(folder + "/lib/libcudart.so.13");
    }

    @Test
    void onlyTheLibraryThatIsNamedIsTried() {
        Availability availability = new LibrarySearch("/nowhere/libcudart.so", List.of(folder.toString()), false).run();
        assertThat(availability.explanation())
                .isEqualTo("CUDA is not available: there is no /nowhere/libcudart.so, which -Dpolyak.cuda.library"
                        + " names; name a libcudart.so of CUDA 12.8 or newer");
        assertThat(availability.tried())
                .containsExactly("there is no /nowhere/libcudart.so, which -Dpolyak.cuda.library names");
        assertThat(availability.library()).isEmpty();
        assertThat(availability.runtimeVersion()).isEmpty();
        assertThat(availability.devices()).isEmpty();
    }

    @Test
    void whatWasTriedInVainIsSaid() {
        Availability availability = search("cuda*/lib64");
        assumeTrue(availability.library().isEmpty(), "the dynamic loader has a CUDA runtime here");
        assertThat(availability.explanation())
                .isEqualTo("CUDA is not available: there is no libcudart.so.13 or libcudart.so.12 or libcudart.so;"
                        + " install the CUDA runtime 12.8 or newer, or name it with -Dpolyak.cuda.library=FILE");
        assertThat(availability.tried())
                .containsExactly("there is no libcudart.so.13 or libcudart.so.12 or libcudart.so"
                        + " where the dynamic loader looks, nor in " + folder + "/cuda*/lib64");
    }

    /** Whoever has no NVIDIA device needs no runtime and no driver. */
    @Test
    void nothingIsToBeInstalledForADeviceThatIsNotThere() throws IOException {
        Availability nothing = new LibrarySearch(null, List.of(folder + "/none"), false).run();
        assumeTrue(nothing.driverVersion().isEmpty(), "the dynamic loader has a CUDA runtime and a driver here");
        assertThat(nothing.explanation())
                .endsWith("this machine has no NVIDIA device")
                .doesNotContain("install");
        assertThat(nothing.state()).isEqualTo(Availability.State.NO_HARDWARE);
        put("lib/libcudart.so.13");
        Availability broken = new LibrarySearch(null, List.of(folder + "/lib"), false).run();
        assertThat(broken.explanation())
                .endsWith("; this machine has no NVIDIA device")
                .doesNotContain("install");
        assertThat(broken.state()).isEqualTo(Availability.State.NO_HARDWARE);
    }

    @Test
    void aDeviceIsKnownByItsVendorOrItsDriver() throws IOException {
        assertThat(NvidiaHardware.mayBeUnder(folder)).as("no telling").isTrue();
        putText("sys/bus/pci/devices/0000:00:02.0/vendor", "0x8086\n");
        assertThat(NvidiaHardware.mayBeUnder(folder)).isFalse();
        putText("sys/bus/pci/devices/0000:01:00.0/vendor", "0x10de\n");
        assertThat(NvidiaHardware.mayBeUnder(folder)).isTrue();
        Files.delete(folder.resolve("sys/bus/pci/devices/0000:01:00.0/vendor"));
        Files.delete(folder.resolve("sys/bus/pci/devices/0000:01:00.0"));
        putText("dev/nvidiactl", "");
        assertThat(NvidiaHardware.mayBeUnder(folder)).isTrue();
    }

    @Test
    void theOptionNamesTheModulesWhereTheLibraryIsOne() {
        assertThat(NativeAccess.option(false)).isEqualTo("--enable-native-access=ALL-UNNAMED");
        assertThat(NativeAccess.option(true)).isEqualTo("--enable-native-access=dev.polyak,dev.polyak.cuda.bindings");
    }

    private void putText(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void put(String file) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "not a library");
    }

    private Availability search(String pattern) {
        return new LibrarySearch(null, List.of(folder + "/" + pattern), true).run();
    }
}
