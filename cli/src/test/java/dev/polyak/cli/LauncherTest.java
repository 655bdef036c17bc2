package dev.polyak.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code polyak}, in a project whose Maven only puts jars into their place: the archives of classes that it
 * makes for them, whoever put them there, and what it does where it cannot.
 */
class LauncherTest {
    private static final String LIBRARY = "lib/library.jar";

    @TempDir
    private Path folder;

    private LauncherProject project;
    private Path model;

    @BeforeEach
    void makeProject() throws IOException {
        project = new LauncherProject(folder);
        Path built = Files.createDirectories(folder.resolve("built"));
        writeJars(built);
        project.program("mvn", "cp -r '" + built + "'/* '" + project.target() + "'");
        model = TestFile.of("weight", 1, 2, 3).write(folder.resolve("model.safetensors"));
    }

    @Test
    void eachKindOfCommandHasItsArchiveAfterABuild() throws Exception {
        assertThat(project.polyak("inspect", model).err()).isEqualTo("polyak: building ...\n");

        assertThat(project.takesClassesFromArchive("inspect", model)).isTrue();
        assertThat(project.takesClassesFromArchive("compare", model, model)).isTrue();
        assertThat(project.lock()).doesNotExist();
    }

    @Test
    void aJarThatAnotherBuiltGetsAnArchiveOfItsOwn() throws Exception {
        Cli before = built();
        Files.copy(folder.resolve("built/polyak-cli.jar"), project.jar(), StandardCopyOption.REPLACE_EXISTING);

        assertThat(project.polyak("inspect", model)).isEqualTo(before);
        assertThat(project.takesClassesFromArchive("inspect", model)).isTrue();
    }

    @Test
    void anArchiveIsRemadeForAJarOrLibraryOfAnotherTime() throws Exception {
        built();
        for (String changed : List.of("polyak-cli.jar", LIBRARY)) {
            for (int seconds : new int[] {-60, 60}) {
                Files.setLastModifiedTime(
                        project.target().resolve(changed),
                        FileTime.from(Instant.now().plusSeconds(seconds)));

                assertThat(project.takesClassesFromArchive("inspect", model))
                        .as("%s, %d s", changed, seconds)
                        .isTrue();
            }
        }
    }

    @Test
    void anArchiveThatFitsIsKept() throws Exception {
        Cli before = built();
        Object made = made();

        assertThat(project.polyak("inspect", model)).isEqualTo(before);
        assertThat(made()).isEqualTo(made);
    }

    @Test
    void aChangedSourceBringsAnotherArchive() throws Exception {
        built();
        Object made = made();
        Files.setLastModifiedTime(
                project.home().resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(1)));

        assertThat(project.polyak("inspect", model).err()).isEqualTo("polyak: building ...\n");
        assertThat(made()).isNotEqualTo(made);
    }

    @Test
    void eachJdkHasItsOwn() throws Exception {
        built();
        Path own = project.archives("reads").getFirst();
        Object made = made(own);
        Path jdk = Files.createSymbolicLink(folder.resolve("other"), Path.of(System.getProperty("java.home")));

        Cli other = project.call(project.home().resolve("polyak"), jdk, "-Xlog:class+load", "inspect", model)
                .end();

        assertThat(other.out()).contains(LauncherProject.FROM_ARCHIVE);
        assertThat(project.archives("reads")).hasSize(2);
        assertThat(project.takesClassesFromArchive("inspect", model)).isTrue();
        assertThat(made(own)).isEqualTo(made);
        Files.delete(jdk);
    }

    @Test
    void callsAtTheSameTimeDoNotDisturbEachOther() throws Exception {
        Cli before = built();
        changeJar();

        List<LauncherProject.Call> calls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            calls.add(project.call("inspect", model));
        }

        for (LauncherProject.Call call : calls) {
            assertThat(call.end()).isEqualTo(before);
        }
        assertThat(project.takesClassesFromArchive("inspect", model)).isTrue();
        assertThat(project.lock()).doesNotExist();
    }

    @Test
    void aLockThatAKilledCallLeftIsTaken() throws Exception {
        built();
        changeJar();
        Process killed = new ProcessBuilder("/bin/sh", "-c", "exit").start();
        killed.waitFor();
        Files.writeString(Files.createDirectory(project.lock()).resolve("pid"), killed.pid() + "\n");

        assertThat(project.takesClassesFromArchive("inspect", model)).isTrue();
        assertThat(project.lock()).doesNotExist();
    }

    @Test
    void aCommandByALinkFromElsewhereRunsWhereNoArchiveCanBeMade() throws Exception {
        Cli before = built();
        changeJar();
        Files.createFile(project.lock()); // no folder of that name can be made, as in a target that is read-only
        Path link = Files.createSymbolicLink(folder.resolve("bin/polyak"), Path.of("../a home/polyak"));

        Cli after = project.call(link, Path.of(System.getProperty("java.home")), "", "inspect", model)
                .end();

        assertThat(after).isEqualTo(before);
        assertThat(project.takesClassesFromArchive("inspect", model)).isFalse();
    }

    @Test
    void aRehearsalThatFailsIsNotRepeated() throws Exception {
        Cli before = built();
        changeJar();
        Path count = folder.resolve("count");
        project.program("head", "echo once >>'" + count + "'; exit 1"); // the rehearsal's file is cut short

        assertThat(project.polyak("inspect", model)).isEqualTo(before);
        assertThat(project.polyak("inspect", model)).isEqualTo(before);

        assertThat(project.archives("reads")).isEmpty();
        assertThat(count).hasContent("once");
    }

    @Test
    void aDamagedArchiveIsIgnoredSilently() throws Exception {
        Cli before = built();
        Path reads = project.archives("reads").getFirst();
        byte[] archive = Files.readAllBytes(reads);
        for (int length : new int[] {0, 100, archive.length / 2}) {
            Files.write(reads, Arrays.copyOf(archive, length));

            assertThat(project.polyak("inspect", model)).isEqualTo(before);
        }
    }

    /** What a command says after the first one, which builds. */
    private Cli built() throws Exception {
        project.polyak("inspect", model);
        Cli second = project.polyak("inspect", model);
        assertThat(second.err()).isEmpty();
        assertThat(second.status()).isZero();
        return second;
    }

    private void changeJar() throws IOException {
        Files.setLastModifiedTime(project.jar(), FileTime.from(Instant.now().minusSeconds(60)));
    }

    /** Tells one archive of what inspect needs from the next that is made. */
    private Object made() throws IOException {
        return made(project.archives("reads").getFirst());
    }

    private static Object made(Path archive) throws IOException {
        return Files.getAttribute(archive, "unix:ino") + " of " + Files.getLastModifiedTime(archive);
    }

    /**
     * Two jars of all that the tests' class path has in folders, the command line and the rest, beside the jars that it
     * has; a JVM makes no archive of classes in folders.
     */
    private static void writeJars(Path folder) throws IOException {
        StringBuilder jars = new StringBuilder(LIBRARY);
        Set<Path> folders = new TreeSet<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (Files.isDirectory(Path.of(entry))) {
                folders.add(Path.of(entry));
            } else {
                jars.append(' ').append(Path.of(entry).toUri());
            }
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Main.class.getName());
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, jars.toString());
        Predicate<String> ofTheCommandLine = name -> name.startsWith("dev/polyak/cli/");
        writeJar(folder.resolve("polyak-cli.jar"), manifest, folders, ofTheCommandLine);
        Manifest plain = new Manifest();
        plain.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        Files.createDirectory(folder.resolve("lib"));
        writeJar(folder.resolve(LIBRARY), plain, folders, ofTheCommandLine.negate());
    }

    private static void writeJar(Path jar, Manifest manifest, Set<Path> folders, Predicate<String> which)
            throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream classes = new JarOutputStream(file, manifest)) {
            Set<String> names = new TreeSet<>();
            for (Path folder : folders) {
                add(folder, which, names, classes);
            }
        }
    }

    private static void add(Path folder, Predicate<String> which, Set<String> names, JarOutputStream jar)
            throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String name = folder.relativize(file).toString();
                if (which.test(name) && !name.startsWith("META-INF/MANIFEST") && names.add(name)) {
                    jar.putNextEntry(new ZipEntry(name));
                    Files.copy(file, jar);
                    jar.closeEntry();
                }
            }
        }
    }
}
