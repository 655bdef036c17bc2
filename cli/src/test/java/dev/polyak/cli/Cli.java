package dev.polyak.cli;

import dev.polyak.testkit.ChildJvm;
import dev.polyak.testkit.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A command that was run in this JVM.
 *
 * @param status its exit status
 * @param out what it printed
 * @param err what it said
 */
public record Cli(int status, String out, String err) {
    /** Runs a command; arguments are what their toString() says. */
    public static Cli run(Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
        int status = Main.run(out, err, words);
        return new Cli(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A process that is to run a command; arguments are what their toString() says. */
    static ProcessBuilder child(List<String> options, Object... args) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        all.addAll(ChildJvm.SIMD);
        return ChildJvm.builder(Main.class, all, args);
    }

    /**
     * Runs a command to its end in a JVM of its own, where there is another CUDA runtime.
     *
     * @param runtime the runtime's file, which need not be there
     * @param environment variables for it
     * @param args the command and its arguments
     */
    public static Cli runWith(Path runtime, Map<String, String> environment, Object... args)
            throws IOException, InterruptedException {
        ProcessBuilder builder = child(List.of("-Xmx128m", "-Dpolyak.cuda.library=" + runtime), args);
        builder.environment().putAll(environment);
        ChildJvm.Result result = ChildJvm.run(builder);
        return new Cli(result.exit(), result.out(), ChildJvm.withoutWarnings(result.err()));
    }

    /** What it printed, as JSON. */
    public JsonValue json() {
        return JsonValue.parse(out);
    }
}
