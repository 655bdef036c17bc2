package dev.polyak.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.polyak.cli.Cli;
import dev.polyak.cuda.CudaAvailability;
import dev.polyak.testkit.JsonValue;
import dev.polyak.testkit.StandIn;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code polyak doctor} says of CUDA, here and in JVMs for which CUDA is something else. */
class GpusTest {
    private static final Path REAL = Path.of("/usr/local/cuda/lib64/libcudart.so.13");

    @Test
    void namesEachGpu() {
        CudaAvailability two = new Cudas.Found(
                CudaAvailability.State.AVAILABLE,
                "CUDA is available",
                "/opt/cuda/lib64/libcudart.so.13",
                "13.0",
                "13.2",
                List.of(
                        new Cudas.Gpu(0, "NVIDIA H200", 150_121_545_728L, 9, 0, 132),
                        new Cudas.Gpu(1, "Tesla T4", 15_642_329_088L, 7, 5, 40)),
                List.of("libcudart.so.12 was found in /usr/lib (CUDA 12.4), but it is older than 12.8"));
        StringWriter text = new StringWriter();

        Gpus gpus = new Gpus(two, true);
        gpus.print(new PrintWriter(text));

        assertThat(text).hasToString("""
                        CUDA          runtime 13.0, driver 13.2, /opt/cuda/lib64/libcudart.so.13
                                      libcudart.so.12 was found in /usr/lib (CUDA 12.4), but it is older than 12.8
                        cuda:0        NVIDIA H200, 150 GB, compute capability 9.0
                        cuda:1        Tesla T4, 15.6 GB, compute capability 7.5
                        """);
        assertThat(gpus.advice()).isEmpty();
    }

    @Test
    void advisesWhereCudaIsMeantToBe() {
        assertThat(new Gpus(without(""), false).advice()).isEmpty();
        assertThat(new Gpus(without(""), true).advice()).contains("install something");
        assertThat(new Gpus(without("/usr/lib/libcudart.so"), false).advice()).contains("install something");
    }

    @Test
    void findsTheStandIn() {
        StandIn.require();

        JsonValue cuda = Cli.run("doctor", "--json").json().get("cuda");

        assertThat(cuda.get("available").value()).isEqualTo(true);
        assertThat(cuda.get("library").value()).isEqualTo(StandIn.library().toString());
        assertThat(cuda.get("runtime").value()).isEqualTo("13.0");
        assertThat(cuda.get("driver").value()).isEqualTo("13.0");
        assertThat(cuda.get("tried").list()).isEmpty();
        assertThat(cuda.get("devices").list()).hasSize(2);
        JsonValue second = cuda.get("devices").get(1);
        assertThat(second.get("device").value()).isEqualTo("cuda:1");
        assertThat(second.get("name").value()).isEqualTo("Stand-in GPU");
        assertThat(second.get("memory").value()).isEqualTo(1 << 30);
        assertThat(second.get("compute_capability").value()).isEqualTo("9.0");
    }

    @Test
    void saysThatTheNamedRuntimeIsMissing() throws Exception {
        Cli result = Cli.runWith(Path.of("/nowhere/libcudart.so"), Map.of(), "doctor");

        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("""
                        CUDA          not available
                                      there is no /nowhere/libcudart.so, which -Dpolyak.cuda.library names
                        """).endsWith("""
                        - CUDA is not available: there is no /nowhere/libcudart.so, which -Dpolyak.cuda.library names; name a libcudart.so of CUDA 12.8 or newer
                        """);
    }

    @Test
    void saysThatTheRealRuntimeHasNoDriver() throws Exception {
        assumeTrue(Files.exists(REAL), "no CUDA toolkit is installed");
        assumeTrue(Files.notExists(Path.of("/dev/nvidiactl")), "there is a driver");

        JsonValue json = Cli.runWith(REAL, Map.of(), "doctor", "--json").json();

        assertThat(json.get("cuda").get("available").value()).isEqualTo(false);
        assertThat(json.get("cuda").get("library").value()).isEqualTo(REAL.toString());
        assertThat(json.get("cuda").get("devices").list()).isEmpty();
        String explanation = (String) json.get("cuda").get("explanation").value();
        assertThat(explanation)
                .containsPattern(
                        "\\(cudaErrorInsufficientDriver\\); (install the NVIDIA driver|this machine has no NVIDIA)");
        assertThat(json.get("advice").list()).anyMatch(explanation::equals); // it was named
    }

    /** A CUDA toolkit can be installed where there is no GPU. */
    @Test
    void aMachineWithoutADeviceLacksNothing() {
        CudaAvailability none = new Cudas.Found(
                CudaAvailability.State.NO_HARDWARE,
                "no device",
                "/opt/cuda/libcudart.so",
                "13.0",
                "",
                List.of(),
                List.of());
        assertThat(new Gpus(none, false).advice()).isEmpty();
        assertThat(new Gpus(none, true).advice()).contains("no device");
    }

    private static CudaAvailability without(String library) {
        return new Cudas.Found(
                CudaAvailability.State.NO_DRIVER, "install something", library, "", "", List.of(), List.of());
    }
}
