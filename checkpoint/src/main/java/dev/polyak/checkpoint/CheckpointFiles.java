package dev.polyak.checkpoint;

import static dev.polyak.checkpoint.internal.Text.quote;
import static dev.polyak.checkpoint.internal.Text.reason;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;

/** What is to be known of files before they are read or written. */
public final class CheckpointFiles {
    private CheckpointFiles() {}

    /**
     * Checks that an output is none of the inputs, under whatever name: through symbolic and hard links too.
     *
     * @param output a file that is going to be written, there already or not
     * @param inputs files that are going to be read, as from {@link Checkpoint#files()}
     * @throws CheckpointException if the output is one of the inputs, or that cannot be found out
     */
    public static void requireDistinct(Path output, Collection<Path> inputs) throws CheckpointException {
        requireNonNull(output, "output");
        requireNonNull(inputs, "inputs");
        if (!Files.exists(output)) {
            return;
        }
        for (Path input : inputs) {
            if (isSame(output, input)) {
                throw new CheckpointException(
                        "the output " + quote(output) + " is the input " + quote(input) + "; choose another output");
            }
        }
    }

    private static boolean isSame(Path output, Path input) throws CheckpointException {
        try {
            if (!Files.exists(
                    input)) { // which isSameFile tells by an exception up to JDK 26, and not at all from 27 on
                throw new NoSuchFileException(input.toString());
            }
            return Files.isSameFile(output, input);
        } catch (IOException e) {
            throw new CheckpointException(
                    "whether the output " + quote(output) + " is the input " + quote(input) + " cannot be found out: "
                            + reason(e) + "; check the paths",
                    e);
        }
    }
}
