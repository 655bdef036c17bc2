package dev.polyak.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code polyak}, in a project whose Maven only puts a jar into its place: the archives of classes that it
 * makes with a build, and what becomes of those that do not fit.
 */
class LauncherTest {
    private static final Path SCRIPT = Path.of("..", "polyak");
    private static final String FROM_ARCHIVE = "dev.polyak.cli.Main source: shared objects file";

    @TempDir
    private Path folder;

    private Path home;
    private Path reads;
    private Path computes;
    private Path jar;
    private Path model;

    @BeforeEach
    void makeProject() throws IOException {
        assumeTrue(Files.isExecutable(SCRIPT) && Files.isExecutable(Path.of("/bin/sh")), "there is no script to test");
        Path compiler = Path.of(System.getProperty("java.home"), "bin", "javac");
        assumeTrue(
                Runtime.version().feature() >= 25 && Files.isExecutable(compiler),
                "the script builds with a JDK of 25 or newer");
        home = Files.createDirectories(folder.resolve("a home"));
        Files.copy(SCRIPT, home.resolve("polyak"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createFile(home.resolve("pom.xml"));
        reads = home.resolve("cli/target/polyak-cli-reads.jsa");
        computes = home.resolve("cli/target/polyak-cli-computes.jsa");
        jar = home.resolve("cli/target/polyak-cli.jar");
        Path built = folder.resolve("built.jar");
        writeJar(built);
        Path maven = Files.createDirectories(folder.resolve("bin")).resolve("mvn");
        Files.writeString(maven, "#!/bin/sh\ncp '" + built + "' '" + jar + "'\n");
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
        model = TestFile.of("weight", 1, 2, 3).write(folder.resolve("model.safetensors"));
    }

    @Test
    void aBuildLeavesAnArchiveForEachKindOfCommand() throws Exception {
        assertThat(polyak("", "inspect", model).err()).contains("polyak: building ...");

        assertThat(polyak("-Xlog:class+load", "inspect", model).out()).contains(FROM_ARCHIVE);
        assertThat(polyak("-Xlog:class+load", "compare", model, model).out()).contains(FROM_ARCHIVE);
        assertThat(home.resolve("cli/target/polyak.lock")).doesNotExist();
    }

    @Test
    void anArchiveOfOtherJarsIsIgnoredSilently() throws Exception {
        Cli before = polyak("", "inspect", model);
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));

        Cli after = polyak("", "inspect", model);

        assertThat(after).isEqualTo(new Cli(0, before.out(), ""));
        assertThat(polyak("-Xlog:class+load", "inspect", model).out()).doesNotContain(FROM_ARCHIVE);
    }

    @Test
    void aDamagedArchiveIsIgnoredSilently() throws Exception {
        Cli before = polyak("", "inspect", model);
        byte[] archive = Files.readAllBytes(reads);
        for (int length : new int[] {0, 100, archive.length / 2}) {
            Files.write(reads, Arrays.copyOf(archive, length));

            assertThat(polyak("", "inspect", model)).isEqualTo(new Cli(0, before.out(), ""));
        }
    }

    @Test
    void commandsRunWithoutArchivesByALinkFromElsewhere() throws Exception {
        Cli before = polyak("", "inspect", model);
        Files.delete(reads);
        Files.delete(computes);
        Path link = Files.createSymbolicLink(folder.resolve("bin/polyak"), Path.of("../a home/polyak"));

        assertThat(run(link, "", "inspect", model)).isEqualTo(new Cli(0, before.out(), ""));
    }

    @Test
    void aChangedSourceBringsAnotherArchive() throws Exception {
        polyak("", "inspect", model);
        Files.writeString(reads, "old");
        Files.setLastModifiedTime(
                home.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(1)));

        assertThat(polyak("", "inspect", model).err()).contains("polyak: building ...");
        assertThat(reads).isNotEmptyFile();
        assertThat(Files.size(reads)).isGreaterThan(1 << 20);
    }

    private Cli polyak(String javaOptions, Object... args) throws IOException, InterruptedException {
        return run(home.resolve("polyak"), javaOptions, args);
    }

    private Cli run(Path script, String javaOptions, Object... args) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(script), Stream.of(args))
                        .map(Object::toString)
                        .toList())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().merge("PATH", folder.resolve("bin").toString(), (path, own) -> own + ":" + path);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("POLYAK_JAVA_OPTS", javaOptions);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Cli(process.exitValue(), Files.readString(out), ChildJvm.withoutWarnings(Files.readString(err)));
    }

    /** One jar of all that the tests' class path has; a JVM makes no archive of classes in folders. */
    private static void writeJar(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Main.class.getName());
        StringBuilder jars = new StringBuilder();
        Set<Path> folders = new TreeSet<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (Files.isDirectory(Path.of(entry))) {
                folders.add(Path.of(entry));
            } else {
                jars.append(Path.of(entry).toUri()).append(' ');
            }
        }
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, jars.toString());
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream classes = new JarOutputStream(file, manifest)) {
            Set<String> names = new TreeSet<>();
            for (Path folder : folders) {
                add(folder, names, classes);
            }
        }
    }

    private static void add(Path folder, Set<String> names, JarOutputStream jar) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String name = folder.relativize(file).toString();
                if (names.add(name) && !name.startsWith("META-INF/MANIFEST")) {
                    jar.putNextEntry(new ZipEntry(name));
                    Files.copy(file, jar);
                    jar.closeEntry();
                }
            }
        }
    }
}
