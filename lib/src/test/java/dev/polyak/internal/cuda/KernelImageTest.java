package dev.polyak.internal.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The kernels' image beside the sources that it was made from, also where there is no compiler for them. */
class KernelImageTest {
    private static final Path SOURCES = Path.of("../src/cuda");
    private static final Path IMAGE = Path.of("src/main/resources/dev/polyak/internal/cuda/kernels.fatbin");

    @Test
    void theImageIsOfTheseSources() throws IOException {
        Map<String, String> recorded;
        try (Stream<String> lines = Files.lines(SOURCES.resolve("kernels.sha256"))) {
            recorded = lines.collect(Collectors.toMap(line -> line.substring(66), line -> line.substring(0, 64)));
        }
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(".h") || name.endsWith(".cu")) {
                    found.put(name, digest(file));
                }
            }
        }
        found.put(IMAGE.getFileName().toString(), digest(IMAGE));
        assertThat(found)
                .as("the image is not known to be what the sources make: run src/cuda/build-image, and commit what it"
                        + " writes")
                .containsExactlyInAnyOrderEntriesOf(recorded);
    }

    private static String digest(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has it
        }
    }
}
