package dev.polyak.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.polyak.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A project with nothing but the script {@code polyak}, and the folder in which the script looks for the jars. */
final class LauncherProject {
    /** What a JVM that logs the loading of classes says of one that it takes from an archive of the application's. */
    static final String FROM_ARCHIVE = "dev.polyak.cli.Main source: shared objects file (top)";

    private static final Path SCRIPT = Path.of("..", "polyak");
    private static final Path JDK = Path.of(System.getProperty("java.home"));

    private final Path folder;
    private final Path programs;
    private final Path home;

    /** Makes it in a folder of the test's; the test is left out where there is no script, or nothing to build with. */
    LauncherProject(Path folder) throws IOException {
        assumeTrue(Files.isExecutable(SCRIPT) && Files.isExecutable(Path.of("/bin/sh")), "there is no script to test");
        assumeTrue(
                Runtime.version().feature() >= 25 && Files.isExecutable(JDK.resolve("bin/javac")),
                "the script builds with a JDK of 25 or newer");
        this.folder = folder;
        programs = Files.createDirectories(folder.resolve("bin"));
        home = folder.resolve("a home");
        Files.createDirectories(target());
        Files.copy(SCRIPT, home.resolve("polyak"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createFile(home.resolve("pom.xml"));
    }

    Path home() {
        return home;
    }

    Path target() {
        return home.resolve("cli/target");
    }

    Path jar() {
        return target().resolve("polyak-cli.jar");
    }

    /** The file by which one call of the script at a time has the target for itself. */
    Path lock() {
        return target().resolve("polyak.lock");
    }

    /** The archives of a kind of command: one for each JDK. */
    List<Path> archives(String kind) throws IOException {
        try (Stream<Path> files = Files.list(target())) {
            return files.filter(file -> file.getFileName().toString().startsWith("polyak-cli-" + kind + "-"))
                    .map(file -> file.resolve("classes.jsa"))
                    .filter(Files::exists)
                    .toList();
        }
    }

    /** Puts a program before those of the system. */
    void program(String name, String script) throws IOException {
        Path program = programs.resolve(name);
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Whether a command takes its classes from the archive. */
    boolean takesClassesFromArchive(Object... args) throws IOException, InterruptedException {
        return call(home.resolve("polyak"), JDK, "-Xlog:class+load", args)
                .end()
                .out()
                .contains(FROM_ARCHIVE);
    }

    Cli polyak(Object... args) throws IOException, InterruptedException {
        return call(args).end();
    }

    /** Starts a command, which goes on beside others. */
    Call call(Object... args) throws IOException {
        return call(home.resolve("polyak"), JDK, "", args);
    }

    Call call(Path script, Path jdk, String javaOptions, Object... args) throws IOException {
        Path out = Files.createTempFile(folder, "call", ".out");
        Path err = Files.createTempFile(folder, "call", ".err");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(script), Stream.of(args))
                        .map(Object::toString)
                        .toList())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().merge("PATH", programs.toString(), (path, own) -> own + ":" + path);
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("POLYAK_JAVA_OPTS", javaOptions);
        return new Call(builder.start(), out, err);
    }

    /** A command that runs. */
    record Call(Process process, Path out, Path err) {
        Cli end() throws IOException, InterruptedException {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Cli(process.exitValue(), Files.readString(out), ChildJvm.withoutWarnings(Files.readString(err)));
        }
    }
}
