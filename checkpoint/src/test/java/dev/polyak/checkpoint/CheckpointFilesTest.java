package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFilesTest {
    @TempDir
    Path folder;

    @Test
    void anotherFileIsFineWhetherItIsThereOrNot() throws IOException {
        Path input = Files.createFile(folder.resolve("in"));
        Path other = Files.createFile(folder.resolve("other"));
        assertThatCode(() -> CheckpointFiles.requireDistinct(other, List.of(input)))
                .doesNotThrowAnyException();
        assertThatCode(() -> CheckpointFiles.requireDistinct(folder.resolve("new"), List.of(input)))
                .doesNotThrowAnyException();
    }

    @Test
    void anInputIsFoundUnderEveryName() throws IOException {
        Path first = Files.createFile(folder.resolve("first"));
        Path input = Files.createFile(folder.resolve("in"));
        Files.createSymbolicLink(folder.resolve("soft"), input);
        Files.createLink(folder.resolve("hard"), input);
        for (String name : List.of("in", "./in", "soft", "hard")) {
            Path output = folder.resolve(name);
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> CheckpointFiles.requireDistinct(output, List.of(first, input)))
                    .withMessage("the output '" + output + "' is the input '" + input + "'; choose another output");
        }
    }

    @Test
    void anInputThatIsGoneCannotBeCompared() throws IOException {
        Path output = Files.createFile(folder.resolve("out"));
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> CheckpointFiles.requireDistinct(output, List.of(folder.resolve("gone"))))
                .withMessageContaining("there is no such file");
    }
}
