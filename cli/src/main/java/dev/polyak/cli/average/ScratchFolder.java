package dev.polyak.cli.average;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A folder for files that are needed for a while only. Closing deletes it with all that is in it. */
final class ScratchFolder implements AutoCloseable {
    private final Path folder;

    private ScratchFolder(Path folder) {
        this.folder = folder;
    }

    /** A new folder on the disk that a file is to be written to. */
    static ScratchFolder beside(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        return new ScratchFolder(Files.createTempDirectory(parent, ".polyak-"));
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
