package dev.polyak.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that runs a main class of the tests: to see another machine, or to lose a device. What runs in it must end by
 * itself.
 */
public final class ChildJvm {
    private static final long MOST_SECONDS = 60;

    /** What it wrote, all together, and how it ended. */
    public record Result(int exit, String output) {}

    private ChildJvm() {}

    static ProcessBuilder builder(Class<?> main, List<String> options, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder;
    }

    /** Runs a class, with a CUDA runtime, to its end. */
    public static Result run(Class<?> main, Path runtime, Map<String, String> environment)
            throws IOException, InterruptedException {
        return run(builder(
                main, List.of("--enable-native-access=ALL-UNNAMED", "-Dpolyak.cuda.library=" + runtime), environment));
    }

    public static Result run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        process.getOutputStream().close();
        // Else a child that hangs would not be ended by the time limit of what reads from it.
        process.onExit().orTimeout(MOST_SECONDS, TimeUnit.SECONDS).exceptionally(late -> process.destroyForcibly());
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output.strip());
    }
}
