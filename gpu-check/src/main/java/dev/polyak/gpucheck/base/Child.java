package dev.polyak.gpucheck.base;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Another process that answers every line with a line. An answer that begins with "error: " is its failure. It ends
 * when this is closed.
 */
public final class Child implements AutoCloseable {
    private static final String ERROR = "error: ";
    /** Loading PyTorch from a cold disk takes a minute. */
    private static final Executor TOO_LATE = CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES);

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter lines;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.lines = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    }

    /** Starts a process, whose name is for messages. What it says on standard error is dropped. */
    public static Child start(String name, List<String> command) throws IOException {
        return new Child(
                name,
                new ProcessBuilder(command).redirectError(Redirect.DISCARD).start());
    }

    /** Starts Python with a script that is a resource beside a class. */
    public static Child python(Class<?> beside, String script, String... arguments) throws IOException {
        try (InputStream text = Objects.requireNonNull(beside.getResourceAsStream(script))) {
            String code = new String(text.readAllBytes(), StandardCharsets.UTF_8);
            List<String> command = new ArrayList<>(List.of("python3", "-c", code));
            command.addAll(List.of(arguments));
            return start("python3", command);
        }
    }

    /** Waits for the next line of the process. */
    public String answer() throws IOException {
        CompletableFuture<Void> limit = CompletableFuture.runAsync(process::destroyForcibly, TOO_LATE);
        String answer = answers.readLine();
        limit.cancel(false);
        if (answer == null) {
            throw new IOException(name + " ended, or was ended for being silent for two minutes");
        }
        if (answer.startsWith(ERROR)) {
            throw new IOException(name + ": " + answer.substring(ERROR.length()));
        }
        return answer;
    }

    /** Sends a line and waits for the answer. */
    public String ask(String line) throws IOException {
        lines.println(line);
        return answer();
    }

    /** Ends the process, by the end of its input. */
    @Override
    public void close() {
        lines.close();
        CompletableFuture<Void> limit = CompletableFuture.runAsync(process::destroyForcibly, TOO_LATE);
        process.onExit().join();
        limit.cancel(false);
    }
}
