package dev.polyak.gpucheck;

import dev.polyak.ParameterStore;
import dev.polyak.cuda.bindings.Cudart;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * An archive of this check with a Java of its own, for machines that have a GPU, but no JDK and no network: unpacked
 * there, {@code polyak-gpu-check/gpu-check} runs it. It is for machines of this one's operating system and
 * architecture.
 */
public final class Pack {
    private static final String NAME = "polyak-gpu-check";
    private static final String SCRIPT = "gpu-check";
    /** A class of each jar that is needed. */
    private static final List<Class<?>> PARTS = List.of(Pack.class, ParameterStore.class, Cudart.class);

    private Pack() {}

    /**
     * Writes the archive. Needs the JDK's jlink and the system's tar.
     *
     * @param file a {@code .tar.gz}; replaced if it is there
     * @throws IOException if it cannot be made; the message says why
     * @throws InterruptedException if the thread is interrupted
     */
    public static void write(Path file) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory(NAME);
        try {
            Path folder = Files.createDirectory(work.resolve(NAME));
            link(folder.resolve("runtime"));
            for (Class<?> part : PARTS) {
                copyClasses(part, folder.resolve("classes"));
            }
            writeScript(folder.resolve(SCRIPT));
            Path archive = work.resolve(NAME + ".tar.gz");
            run("tar", "-czf", archive.toString(), "-C", work.toString(), NAME);
            Files.move(archive, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            delete(work);
        }
    }

    private static void link(Path runtime) throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("java.home"));
        Path jlink = home.resolve("bin").resolve("jlink");
        if (!Files.isExecutable(jlink)) {
            throw new IOException("packing needs a JDK, whose jlink makes the Java for the pack; the Java in " + home
                    + " has none: set JAVA_HOME to a JDK's folder");
        }
        run(
                jlink.toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--compress",
                "zip-9",
                "--output",
                runtime.toString());
    }

    /** Copies what a class came with: the contents of its jar, or of its folder. */
    private static void copyClasses(Class<?> part, Path into) throws IOException {
        Path source;
        try {
            source = Path.of(
                    part.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException("the place of " + part + " is no path", e);
        }
        if (Files.isDirectory(source)) {
            copyTree(source, into);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(source)) {
                copyTree(jar.getPath("/"), into);
            }
        }
    }

    private static void copyTree(Path from, Path into) throws IOException {
        try (Stream<Path> files = Files.walk(from).filter(Files::isRegularFile)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copy = into.resolve(from.relativize(file).toString());
                // The classes come together on the class path, where no module is told of.
                boolean ofJar = copy.startsWith(into.resolve("META-INF")) || copy.endsWith("module-info.class");
                if (!ofJar) {
                    Files.createDirectories(Objects.requireNonNull(copy.getParent()));
                    Files.copy(file, copy);
                }
            }
        }
    }

    private static void writeScript(Path script) throws IOException {
        try (InputStream text = Objects.requireNonNull(Pack.class.getResourceAsStream(SCRIPT))) {
            Files.copy(text, script);
        }
        if (!script.toFile().setExecutable(true)) {
            throw new IOException(script + " cannot be made executable");
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command[0] + " failed: " + said.strip());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder).sorted(Comparator.reverseOrder())) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
    }
}
