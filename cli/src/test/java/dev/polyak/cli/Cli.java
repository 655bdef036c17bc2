package dev.polyak.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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

    /** What it printed, as JSON. */
    public JsonValue json() {
        return JsonValue.parse(out);
    }
}
