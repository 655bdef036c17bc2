package dev.polyak.cli.gpucheck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cli.Cli;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuCheckCommandTest {
    @TempDir
    private Path folder;

    @Test
    void withoutAGpuItSaysWhy() throws Exception {
        Path nowhere = folder.resolve("libcudart.so");

        Cli run = Cli.runWith(nowhere, Map.of(), "gpu-check", "--out", folder.resolve("reports"));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("polyak: ").contains(nowhere.toString());
        assertThat(folder.resolve("reports")).doesNotExist();
    }

    @Test
    void whatIsPackedIsNotRun() {
        Path archive = folder.resolve("check.tar.gz");

        Cli run = Cli.run("gpu-check", "--pack", archive, "--quick");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("polyak: --pack checks nothing: give --out, --only and --quick to");
        assertThat(Files.exists(archive)).isFalse();
    }

    @Test
    void whatNoMeasurementIsCalledIsRefused() {
        Cli run = Cli.run("gpu-check", "--only", "swop", "--out", folder);

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("polyak: no measurement has 'swop' in its name; there are: update F32 -> F32");
    }
}
