package dev.polyak.cli.average;

import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.CheckpointFiles;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Holds the output apart from the inputs. */
final class OutputPlace {
    private OutputPlace() {}

    /**
     * Checks that an output changes no input.
     *
     * @throws Failure if the output would become a part of a checkpoint that is read
     * @throws IOException if the output is a file that is read, under whatever name
     */
    static void requireApart(Path output, List<Checkpoint> inputs) throws Failure, IOException {
        for (Checkpoint input : inputs) {
            CheckpointFiles.requireDistinct(output, input.files());
            if (Files.isDirectory(input.path()) && isIn(output, input.path())) {
                throw new Failure("the output " + Text.quoted(output) + " is in the input folder "
                        + Text.quoted(input.path())
                        + ", and would belong to that checkpoint; choose another folder");
            }
        }
    }

    private static boolean isIn(Path output, Path folder) throws IOException {
        Path parent = output.toAbsolutePath().getParent();
        return parent != null && Files.isDirectory(parent) && Files.isSameFile(parent, folder);
    }
}
