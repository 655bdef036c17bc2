package dev.polyak.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.polyak.testkit.ChildJvm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only shows in a process of its own: memory, and a real exit status. */
class ProcessTest {
    private static final long ELEMENTS = 100_000_000;
    private static final long MEGABYTE = 1 << 20;
    private static final long DATA_START = 512;

    @TempDir
    private Path folder;

    @Test
    void memoryDoesNotGrowWithTheFiles() throws Exception {
        assumeTrue(
                Files.exists(Path.of("/proc/self/status")), "only Linux tells how much anonymous memory a process has");
        Path a = sparse("a.safetensors");
        Path b = sparse("b.safetensors");
        Path c = sparse("c.safetensors");
        Path out = folder.resolve("out.safetensors");

        Process process = start("-Xmx128m", "average", "--ema", "0.9", "--accumulate", "f64", "-o", out, a, b, c);
        long peak = 0;
        while (!process.waitFor(10, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, anonymousBytes(process.pid()));
        }

        String err = err();
        assertThat(process.exitValue()).as(err).isZero();
        assertThat(err).doesNotContain("\r", "polyak");
        assertThat(Files.size(out)).isGreaterThan(ELEMENTS * Float.BYTES);
        assertThat(peak).isBetween(MEGABYTE, 256 * MEGABYTE);
    }

    @Test
    void aSmallHeapThatIsTooSmallIsNamed() throws Exception {
        TestFile many = new TestFile();
        for (int i = 0; i < 50_000; i++) {
            many.with("layer." + i + ".weight", i);
        }
        Path file = many.write(folder.resolve("many.safetensors"));

        Process process = start("-Xmx16m", "inspect", file);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(err())
                .contains("polyak: the Java heap of ")
                .endsWith("is too small for so many tensors or files; set POLYAK_JAVA_OPTS=-Xmx1g,"
                        + " on a machine with more memory than that\n");
        assertThat(process.exitValue()).isEqualTo(1);
    }

    @Test
    void statusIsThatOfTheCommand() throws Exception {
        Process process = start("-Xmx32m", "compare", "a.safetensors");

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
    }

    /** A large file of zeros that takes no space: its header, and a length. */
    private Path sparse(String name) throws IOException {
        ByteBuffer start = ByteBuffer.allocate((int) DATA_START)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(DATA_START - Long.BYTES);
        String json = "{\"weight\":{\"dtype\":\"F32\",\"shape\":[" + ELEMENTS + "],\"data_offsets\":[0,"
                + ELEMENTS * Float.BYTES + "]}}";
        start.put(json.getBytes(StandardCharsets.UTF_8));
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        Path file = folder.resolve(name);
        try (RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw")) {
            data.write(start.array());
            data.setLength(DATA_START + ELEMENTS * Float.BYTES);
        }
        return file;
    }

    private static long anonymousBytes(long pid) throws IOException {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // it has just ended
        }
    }

    private Process start(String heap, Object... args) throws IOException {
        return Cli.child(List.of(heap), args)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    private String err() throws IOException {
        return ChildJvm.withoutWarnings(Files.readString(folder.resolve("err")));
    }
}
