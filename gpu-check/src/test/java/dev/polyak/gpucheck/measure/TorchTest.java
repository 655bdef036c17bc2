package dev.polyak.gpucheck.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.polyak.Device;
import dev.polyak.gpucheck.base.Child;
import dev.polyak.testkit.StandIn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The script, with a module named torch that has just what it calls. */
class TorchTest {
    private static final Path MODULES =
            Path.of("src/test/resources/dev/polyak/gpucheck/measure").toAbsolutePath();

    @BeforeEach
    void requirePython() throws InterruptedException {
        boolean there;
        try {
            there = new ProcessBuilder("python3", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            there = false;
        }
        assumeTrue(there, "there is no python3");
    }

    @ParameterizedTest
    @EnumSource
    void doesEachWork(Torch.Work work) throws Exception {
        try (Torch torch = Torch.started(python(MODULES))) {
            Contender way = torch.make(work, 3, 5, 7).orElseThrow();

            assertThat(torch.version()).isEqualTo("0.0.0");
            assertThat(way.lap().millis()).isEqualTo(0.25); // what its events always tell
            torch.forget();
            assertThatThrownBy(() -> way.lap().millis()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void workForWhichThereIsNoMemoryIsLeftOut() throws Exception {
        try (Torch torch = Torch.started(python(MODULES))) {
            assertThat(torch.make(Torch.Work.COPY, 1, 1L << 40, 1)).isEmpty();
            assertThat(torch.make(Torch.Work.COPY, 1, 2, 1)).isPresent();
        }
    }

    @Test
    void worksBesideAveragesOffTheGpu() throws Exception {
        StandIn.require();
        Scale scale = new Scale(1, List.of(), 1, 1, List.of(), 10_000, 1, 2, Duration.ZERO);
        try (Torch torch = Torch.started(python(MODULES));
                GpuHarness lab = new GpuHarness(Device.cuda(0), scale, Optional.of(torch))) {
            Figures loss = new OffloadLoss(scale.raced()).run(lab);
            Figures race = new OffloadRace(scale.raced()).run(lab);

            assertThat(loss.ratio(Figures.speed(OffloadLoss.PRODUCTS_BESIDE, Torch.Work.PRODUCTS.label())))
                    .isPresent();
            assertThat(race.ratio(Figures.speed(Measurements.UPDATE_OFF_GPU, Torch.Work.ON_CPU.label())))
                    .isPresent();
            assertThat(race.ratio(Figures.speed(Measurements.UPDATE_OFF_GPU, Torch.Work.ON_CPU_PINNED.label())))
                    .isPresent();
        }
    }

    @Test
    void saysThatThereIsNone() throws Exception {
        assertThatThrownBy(() -> Torch.started(python(Path.of("nowhere"))))
                .isInstanceOf(IOException.class)
                .hasMessage("python3: No module named 'torch'");
    }

    /** Python, without what is installed there, but with the modules in a folder. */
    private static Child python(Path modules) throws IOException {
        try (InputStream script = Objects.requireNonNull(Torch.class.getResourceAsStream("laps.py"))) {
            String code = new String(script.readAllBytes(), StandardCharsets.UTF_8);
            String only = "import sys; sys.path.insert(0, '" + modules + "')\n";
            return Child.start("python3", List.of("python3", "-I", "-S", "-c", only + code, "0"));
        }
    }
}
