package dev.polyak.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/**
 * The command line.
 *
 * <p>Exit status: 0 done, 1 failed (or, of {@code compare}, not equal), 2 the command line is wrong. An error is one
 * sentence on standard error; what was thrown shows with {@code --verbose}. Standard output has nothing but what was
 * asked for, in UTF-8 whatever the locale.
 */
public final class Main {
    private static final int BUFFER = 1 << 16;

    private final PolyakCommand command = new PolyakCommand();
    private final StandardOutput stdout;
    private final PrintWriter out;
    private final PrintWriter err;

    private Main(OutputStream out, OutputStream err) {
        this.stdout = new StandardOutput(out);
        this.out = writer(new BufferedOutputStream(stdout, BUFFER), false);
        this.err = writer(err, true);
    }

    /**
     * Runs a command and ends the JVM.
     *
     * @param args the command and its arguments
     */
    public static void main(String[] args) {
        System.exit(run(new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err), args));
    }

    /**
     * Runs a command.
     *
     * @param out standard output
     * @param err standard error
     * @param args the command and its arguments
     * @return the exit status
     */
    public static int run(OutputStream out, OutputStream err, String... args) {
        return new Main(out, err).run(args);
    }

    private int run(String... args) {
        int status;
        try {
            status = commandLine(args).execute(args);
        } catch (Error e) { // picocli handles exceptions only, and memory may run out, or a mapped file shrink
            status = failed(e);
        }
        out.flush();
        IOException lost = stdout.failure();
        if (lost != null) {
            status = failed(new IOException("standard output cannot be written: " + lost.getMessage(), lost));
        }
        err.flush();
        return status;
    }

    private CommandLine commandLine(String... args) {
        CommandLine line = new CommandLine(command);
        Commands.of(args).forEach(line::addSubcommand);
        return line.setOut(out)
                .setErr(err)
                // Left to itself, picocli takes every console of Java 22 and later for a terminal.
                .setColorScheme(Help.defaultColorScheme(Ansi.OFF))
                .setExpandAtFiles(false)
                .setParameterExceptionHandler((e, all) -> misused(e))
                .setExecutionExceptionHandler((e, failing, parsed) -> failed(e));
    }

    private int misused(ParameterException e) {
        CommandLine line = e.getCommandLine();
        report(UsageMessage.of(e) + " (" + line.getCommandSpec().qualifiedName() + " --help)", e);
        return line.getCommandSpec().exitCodeOnInvalidInput();
    }

    private int failed(Throwable thrown) {
        report(Explanation.of(thrown), thrown);
        return CommandLine.ExitCode.SOFTWARE;
    }

    private void report(String sentence, Throwable thrown) {
        err.println("polyak: " + sentence);
        if (command.isVerbose()) {
            thrown.printStackTrace(err);
        }
    }

    private static PrintWriter writer(OutputStream stream, boolean flushing) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), flushing);
    }
}
