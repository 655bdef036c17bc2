package dev.polyak.gpucheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive, as it is made, carried, unpacked and started where there is no Java. */
class PackTest {
    private static final long MOST_BYTES = 60L << 20;

    @TempDir
    private Path folder;

    @Test
    void whatIsUnpackedRunsByItself() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of(System.getProperty("java.home"), "bin", "jlink")),
                "this Java has no jlink, with which packs are made");
        Path archive = folder.resolve("check.tar.gz");

        Pack.write(archive);

        assertThat(Files.size(archive)).isLessThan(MOST_BYTES);
        assertThat(run(Map.of(), "tar", "-xzf", archive.toString())).isZero();
        assertThat(start("--slow")).isEqualTo(2);
        assertThat(said()).contains("usage: gpu-check [--out DIR] [--only TEXT] [--quick]");
        assertThat(start("--out", "reports")).isEqualTo(1);
        assertThat(said()).contains("gpu-check: ").contains("nowhere.so");
    }

    /** Starts the check where there is no CUDA. */
    private int start(String... args) throws IOException, InterruptedException {
        String[] command = new String[1 + args.length];
        command[0] = "./polyak-gpu-check/gpu-check";
        System.arraycopy(args, 0, command, 1, args.length);
        return run(Map.of("POLYAK_JAVA_OPTS", "-Dpolyak.cuda.library=nowhere.so"), command);
    }

    private int run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(command))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("JAVA"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("said"));
    }
}
