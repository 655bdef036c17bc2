package dev.polyak.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A JVM of its own for a main class, with the class path of the tests: to have another heap, to see another machine, or
 * to lose a device. What runs in it must end by itself.
 */
public final class ChildJvm {
    /** Makes the Vector API visible. */
    public static final List<String> SIMD = List.of("--add-modules", "jdk.incubator.vector");

    private static final long MOST_SECONDS = 300;

    /**
     * How a JVM ended.
     *
     * @param exit its exit status
     * @param out what it printed
     * @param err what it said on standard error, if that was not redirected
     */
    public record Result(int exit, String out, String err) {}

    private ChildJvm() {}

    /** The program {@code java} of the JDK that runs the tests. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The options that give a JVM a CUDA runtime, which need not be there. */
    public static List<String> cuda(Path runtime) {
        return List.of("--enable-native-access=ALL-UNNAMED", "-Dpolyak.cuda.library=" + runtime);
    }

    /** A process that is to run a main class; arguments are what their toString() says. */
    public static ProcessBuilder builder(Class<?> main, List<String> options, Object... arguments) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return new ProcessBuilder(command);
    }

    /** Runs a main class, with a CUDA runtime and variables of the environment, to its end. */
    public static Result run(Class<?> main, Path runtime, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = builder(main, cuda(runtime));
        builder.environment().putAll(environment);
        return run(builder);
    }

    /** Runs a process to its end; one that takes too long is killed. */
    public static Result run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        process.getOutputStream().close();
        // Else a child that hangs would not be ended by the time limit of what reads from it.
        process.onExit().orTimeout(MOST_SECONDS, TimeUnit.SECONDS).exceptionally(late -> process.destroyForcibly());
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> {
            try {
                return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out, err.join());
    }

    /** What a program said; not what the JVM says of the incubator module. */
    public static String withoutWarnings(String err) {
        return err.replaceAll("WARNING: .*\n", "");
    }
}
