package dev.polyak.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A JVM that runs a command: with another heap, or on what seems to be another machine. */
public final class ChildJvm {
    private static final long MOST_SECONDS = 60;

    private ChildJvm() {}

    /** A process that is to run a command; arguments are what their toString() says. */
    static ProcessBuilder builder(List<String> options, Object... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        Stream.of(args).map(Object::toString).forEach(command::add);
        return new ProcessBuilder(command);
    }

    /**
     * Runs a command to its end where there is another CUDA runtime.
     *
     * @param runtime the runtime's file, which need not be there
     * @param environment variables for it
     * @param args the command and its arguments
     */
    public static Cli run(Path runtime, Map<String, String> environment, Object... args)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("polyak", ".out");
        Path err = Files.createTempFile("polyak", ".err");
        try {
            ProcessBuilder builder = builder(List.of("-Xmx128m", "-Dpolyak.cuda.library=" + runtime), args)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("the command did not end: " + Files.readString(err));
            }
            return new Cli(process.exitValue(), Files.readString(out), withoutWarnings(Files.readString(err)));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** What the command said; not what the JVM says of the incubator module. */
    static String withoutWarnings(String err) {
        return err.replaceAll("WARNING: .*\n", "");
    }
}
