package dev.polyak.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cli.Cli;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before minutes are spent; measuring itself is tested where it is done. */
class BenchCommandTest {
    @TempDir
    private Path folder;

    @Test
    void noMoreThreadsThanProcessors() {
        Cli run = Cli.run("bench", "--threads", 100_000, "--out", folder);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("--threads must be from 1 to");
    }

    @Test
    void aBaselineMustBeThere() {
        Cli run = Cli.run("bench", "--baseline", folder.resolve("none.json"), "--out", folder);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("none.json");
        assertThat(folder).isEmptyDirectory();
    }
}
