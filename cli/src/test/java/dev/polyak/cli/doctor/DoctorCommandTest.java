package dev.polyak.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.Acceleration;
import dev.polyak.cli.Cli;
import dev.polyak.cuda.CudaAvailability;
import dev.polyak.testkit.JsonValue;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    private static final Machine MACHINE = new Machine("Linux 6.1", "amd64", "Some Processor", 8, 32_000_000_000L);

    private static final Gpus NO_GPUS = new Gpus(
            new Cudas.Found(
                    CudaAvailability.State.NO_RUNTIME,
                    "CUDA is not available",
                    "",
                    "",
                    "",
                    List.of(),
                    List.of("there is no libcudart.so")),
            false);

    @Test
    void describesThisMachine() {
        Cli result = Cli.run("doctor");

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains(
                        System.getProperty("java.home"),
                        System.getProperty("os.arch"),
                        "kernels       " + Acceleration.current().kernels());
    }

    @Test
    void describesItAsJson() {
        JsonValue json = Cli.run("doctor", "--json").json();

        assertThat(json.get("java").get("supported").value()).isEqualTo(true);
        assertThat(json.get("kernels").get("vector_bits").value())
                .isEqualTo(Acceleration.current().vectorBits());
        assertThat(json.get("machine").get("processors").value())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(json.get("cuda").get("explanation").value()).asString().startsWith("CUDA is ");
        assertThat(json.get("advice").list()).isNotNull();
    }

    @Test
    void saysThatNothingIsMissing() {
        assertThat(print(jvm(true, true), new Acceleration(256, 8, Acceleration.Limit.NONE, Optional.empty())))
                .isEqualTo("""
                        polyak        unknown
                        java          25.0.1 (Someone), /opt/jdk
                        system        Linux 6.1, amd64
                        processor     Some Processor, 8 processors for this JVM
                        kernels       vector, 256 bits
                        FMA           in hardware
                        threads       8
                        memory        32.0 GB; of these at most 96.0 MB for the heap and 96.0 MB for native memory (files are mapped beyond both)
                        native access enabled
                        CUDA          not available
                                      there is no libcudart.so

                        Nothing is missing.
                        """);
    }

    @Test
    void saysWhatIsMissingAndWhatItCosts() {
        assertThat(print(
                        jvm(false, false),
                        new Acceleration(
                                0,
                                8,
                                Acceleration.Limit.NO_VECTOR_API,
                                Optional.of("start Java with --add-modules jdk.incubator.vector"))))
                .endsWith("""
                        Everything works. To improve it:
                        - averages are made in plain Java, at about two thirds of the speed: start Java with --add-modules jdk.incubator.vector
                        - fused multiply-add is emulated, which is many times slower: use a processor with FMA, and do not start Java with -XX:-UseFMA
                        - native code may not be called, which CUDA needs: start Java with --enable-native-access=ALL-UNNAMED
                        """);
    }

    private static Jvm jvm(boolean fma, boolean nativeAccess) {
        return new Jvm("25.0.1", "Someone", "/opt/jdk", 96_000_000, 96_000_000, fma, nativeAccess);
    }

    private static String print(Jvm jvm, Acceleration acceleration) {
        StringWriter text = new StringWriter();
        new Diagnosis(jvm, MACHINE, acceleration, NO_GPUS).print(new PrintWriter(text));
        return text.toString().replaceFirst("(?m)^polyak .*$", "polyak        unknown");
    }
}
