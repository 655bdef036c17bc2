package dev.polyak.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cli.console.Failure;
import dev.polyak.error.MemoryLostException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    @Test
    void passesOnWhatIsASentence() {
        assertThat(Explanation.of(new Failure("it is too late"))).isEqualTo("it is too late");
        assertThat(Explanation.of(new MemoryLostException("a.safetensors was truncated", new InternalError())))
                .isEqualTo("a.safetensors was truncated");
        assertThat(Explanation.of(new IOException("standard output cannot be written")))
                .isEqualTo("standard output cannot be written");
        assertThat(Explanation.of(new OutOfMemoryError("there are no 8 bytes of native memory")))
                .isEqualTo("out of memory: there are no 8 bytes of native memory");
    }

    @Test
    void saysWhatTheSystemMeans() {
        assertThat(Explanation.of(new NoSuchFileException("a")))
                .isEqualTo("'a': there is no such file; check the path");
        assertThat(Explanation.of(new AccessDeniedException("a"))).isEqualTo("'a': permission denied");
        assertThat(Explanation.of(new FileSystemException("a", null, "Disk quota exceeded")))
                .isEqualTo("'a': Disk quota exceeded");
        assertThat(Explanation.of(new ClosedByInterruptException())).isEqualTo("interrupted");
    }

    @Test
    void asksForMoreThanTheHeapThatWasTooSmall() {
        String said = Explanation.of(new OutOfMemoryError("Java heap space"));

        assertThat(said).startsWith("the Java heap of ").contains("too small for so many tensors or files");
        long gigabytes = Long.parseLong(said.replaceAll(".*POLYAK_JAVA_OPTS=-Xmx(\\d+)g,.*", "$1"));
        assertThat(gigabytes << 30).isGreaterThan(Runtime.getRuntime().maxMemory());
    }

    @Test
    void asksForAReportOfWhatNobodyExpected() {
        assertThat(Explanation.of(new IllegalStateException("odd")))
                .isEqualTo(
                        "this should not have happened: java.lang.IllegalStateException: odd; run it again with --verbose, and report what it prints");
    }
}
