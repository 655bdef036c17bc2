package dev.polyak.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code polyak} with the very jars that Maven has just packaged, which the script did not ask for. */
@Tag("packaged")
class PackagedJarTest {
    private static final Path TARGET = Path.of("target");

    @TempDir
    private Path folder;

    private LauncherProject project;

    @BeforeEach
    void takeTheJars() throws IOException {
        project = new LauncherProject(folder);
        Files.copy(TARGET.resolve("polyak-cli.jar"), project.jar());
        Path libraries = Files.createDirectory(project.target().resolve("lib"));
        try (Stream<Path> jars = Files.list(TARGET.resolve("lib"))) {
            for (Path jar : (Iterable<Path>) jars::iterator) {
                Files.copy(jar, libraries.resolve(jar.getFileName()));
            }
        }
        Files.createFile(project.target().resolve("polyak-cli.built")); // so that the script builds nothing
    }

    @Test
    void startFromAnArchive() throws Exception {
        Path model = TestFile.of("weight", 1, 2, 3).write(folder.resolve("model.safetensors"));
        Path average = folder.resolve("average.safetensors");

        assertThat(project.takesClassesFromArchive("inspect", model)).isTrue();
        assertThat(project.takesClassesFromArchive("average", "--swa", "-o", average, model, model))
                .isTrue();
        assertThat(average).exists();
    }
}
