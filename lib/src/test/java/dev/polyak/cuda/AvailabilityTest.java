package dev.polyak.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.polyak.error.CudaException;
import dev.polyak.testkit.ChildJvm;
import dev.polyak.testkit.StandIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The sentence that says what this machine has of CUDA, each in a JVM of its own, since it is found out once in each.
 */
class AvailabilityTest {
    /** Where toolkits put the real runtime. */
    private static final List<String> REAL =
            List.of("/usr/local/cuda/lib64/libcudart.so.13", "/opt/cuda/lib64/libcudart.so.13");

    /** What the other JVMs run: twice, since a failure must not spoil what comes after. */
    static final class Child {
        public static void main(String[] arguments) {
            CudaAvailability availability = Cuda.availability();
            try {
                Cuda.device(7);
            } catch (CudaException | IllegalArgumentException e) {
                System.out.println(e.getMessage());
            }
            System.out.println(Cuda.availability().explanation());
            System.out.println("runtime " + availability.runtimeVersion() + " driver " + availability.driverVersion()
                    + " devices " + availability.devices().size());
        }
    }

    @Test
    void theStandIn() throws Exception {
        StandIn.require();
        assertThat(said(StandIn.library(), Map.of()))
                .containsExactly(
                        "there is no cuda:7; there are 2 devices, cuda:0 and cuda:1",
                        "CUDA is available: libcudart.so was found in "
                                + StandIn.library().getParent() + " (CUDA 13.0), with"
                                + " cuda:0 (Stand-in GPU, 1.0 GiB, compute capability 9.0),"
                                + " cuda:1 (Stand-in GPU, 1.0 GiB, compute capability 9.0)",
                        "runtime 13.0 driver 13.0 devices 2");
    }

    @Test
    void oneDevice() throws Exception {
        StandIn.require();
        assertThat(said(StandIn.library(), Map.of("STAND_IN_DEVICES", "1")))
                .startsWith("there is no cuda:7; there is 1 device, cuda:0");
    }

    @Test
    void manyDevices() throws Exception {
        StandIn.require();
        assertThat(said(StandIn.library(), Map.of("STAND_IN_DEVICES", "3")))
                .startsWith("there is no cuda:7; there are 3 devices, cuda:0 to cuda:2");
    }

    @Test
    void noDevice() throws Exception {
        StandIn.require();
        String sentence = "CUDA is not available: libcudart.so was found in "
                + StandIn.library().getParent() + " (CUDA 13.0), but it finds no device (cudaErrorNoDevice);"
                + " if there is an NVIDIA GPU, see whether CUDA_VISIBLE_DEVICES or a container hides it";
        assertThat(said(StandIn.library(), Map.of("STAND_IN_DEVICES", "0")))
                .containsExactly(sentence, sentence, "runtime 13.0 driver 13.0 devices 0");
    }

    @Test
    void aDriverThatIsTooOld() throws Exception {
        StandIn.require();
        String sentence = "CUDA is not available: libcudart.so was found in "
                + StandIn.library().getParent() + " (CUDA 13.0), but it says that the driver is too old (CUDA 12.8)"
                + " (cudaErrorInsufficientDriver); install the NVIDIA driver 580 or newer";
        assertThat(said(StandIn.library(), Map.of("STAND_IN_DRIVER", "insufficient")))
                .containsExactly(sentence, sentence, "runtime 13.0 driver 12.8 devices 0");
    }

    @Test
    void aRuntimeThatIsTooOld() throws Exception {
        StandIn.require();
        assertThat(said(StandIn.library().resolveSibling("libcudart-old.so"), Map.of())
                        .get(1))
                .startsWith("CUDA is not available: libcudart-old.so was found in "
                        + StandIn.library().getParent())
                .endsWith("but it is older than 12.8; install the CUDA runtime 12.8 or newer,"
                        + " or name it with -Dpolyak.cuda.library=FILE");
    }

    @Test
    void aRuntimeThatFails() throws Exception {
        StandIn.require();
        // The calls before are those for the versions.
        assertThat(said(StandIn.library(), Map.of("STAND_IN_FAIL", "3:101")).get(1))
                .endsWith(" (CUDA 13.0), but it says: invalid device ordinal (cudaErrorInvalidDevice);"
                        + " see whether nvidia-smi works");
    }

    @Test
    void aDeviceThatFails() throws Exception {
        StandIn.require();
        assertThat(said(StandIn.library(), Map.of("STAND_IN_FAIL", "4:101")).get(1))
                .startsWith("CUDA is not available: ")
                .endsWith("cudaGetDeviceProperties on cuda:0 failed: invalid device ordinal"
                        + " (cudaErrorInvalidDevice, error 101)");
    }

    @Test
    void theRealRuntimeWithoutADriver() throws Exception {
        Path real =
                REAL.stream().map(Path::of).filter(Files::exists).findFirst().orElse(Path.of("none"));
        assumeTrue(Files.exists(real), "no CUDA toolkit is installed");
        assumeTrue(Files.notExists(Path.of("/dev/nvidiactl")), "there is a driver");
        List<String> said = said(real, Map.of());
        assertThat(said.get(1))
                .startsWith("CUDA is not available: libcudart.so.13 was found in " + real.getParent() + " (CUDA 13.")
                .matches(".*\\), but it says that the driver is missing or too old \\(cudaErrorInsufficientDriver\\);"
                        + " (install the NVIDIA driver 580 or newer|this machine has no NVIDIA device)");
        assertThat(said.get(2)).matches("runtime 13\\.\\d driver  devices 0");
    }

    @Test
    void nativeAccessThatIsDenied() throws Exception {
        assumeTrue(Runtime.version().feature() >= 24, "this JDK always allows native access");
        StandIn.require();
        ChildJvm.Result result = ChildJvm.run(ChildJvm.builder(
                Child.class, List.of("--illegal-native-access=deny", "-Dpolyak.cuda.library=" + StandIn.library())));
        String sentence = "CUDA is not available: Java may not load " + StandIn.library()
                + ", nor any native library; start Java with --enable-native-access=ALL-UNNAMED";
        assertThat(result.out().lines()).containsExactly(sentence, sentence, "runtime  driver  devices 0");
    }

    private static List<String> said(Path runtime, Map<String, String> environment) throws Exception {
        ChildJvm.Result result = ChildJvm.run(Child.class, runtime, environment);
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.err()).isEmpty();
        return result.out().lines().toList();
    }
}
