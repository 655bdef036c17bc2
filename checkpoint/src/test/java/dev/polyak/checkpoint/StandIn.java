package dev.polyak.checkpoint;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The CUDA runtime of the tests, which the system property polyak.cuda.library names: it has two GPUs of 1 GiB. */
final class StandIn {
    private StandIn() {}

    /** The file in which it is, or would be. */
    static Path library() {
        return Path.of(System.getProperty("polyak.cuda.library", "there is no property polyak.cuda.library"));
    }

    /** Skips a test where there is none. */
    static void require() {
        assumeTrue(
                Files.isRegularFile(library()),
                () -> "there is no stand-in CUDA runtime: " + library()
                        + "; src/cuda/stand-in/build makes one where there is a C++ compiler");
    }
}
