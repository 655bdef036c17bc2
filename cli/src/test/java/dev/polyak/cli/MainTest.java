package dev.polyak.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @Test
    void showsItsUseIfNothingIsAsked() {
        Cli result = Cli.run();

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("Usage: polyak ")
                .contains("average", "schedule", "posthoc", "inspect", "compare", "demo", "doctor", "completion");
    }

    @ParameterizedTest
    @ValueSource(strings = {"average", "schedule", "posthoc", "inspect", "compare", "demo", "doctor", "completion"})
    void helpsEverywhere(String command) {
        Cli result = Cli.run(command, "--help");

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).startsWith("Usage: polyak " + command + " ").contains("-h, --help", "--verbose");
        assertThat(result.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void helpsAndTellsItsVersion() {
        assertThat(Cli.run("--help").out()).startsWith("Usage: polyak ").contains("Exit status:");
        assertThat(Cli.run("--help").status()).isZero();
        assertThat(Cli.run("--version").out()).matches("polyak \\S+\n");
        assertThat(Cli.run("-V").status()).isZero();
    }

    @Test
    void suggestsWhatMayBeMeant() {
        assertThat(Cli.run("averag"))
                .isEqualTo(new Cli(
                        2, "", "polyak: there is no command 'averag'; did you mean average? (polyak --help)\n"));
        assertThat(Cli.run("inspect", "--jsn", "x"))
                .isEqualTo(new Cli(
                        2, "", "polyak: unknown option: '--jsn'; did you mean --json? (polyak inspect --help)\n"));
    }

    @Test
    void completesCommandsOptionsAndValues() {
        Cli result = Cli.run("completion");

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .startsWith("#!/usr/bin/env bash\n")
                .contains("average schedule posthoc inspect compare demo bench doctor gpu-check completion")
                .contains("'--half-life'")
                .contains("\"step-back-fused\"")
                .contains("\"freeze\"");
    }

    @Test
    void endsQuietlyIfItsReaderHasSeenEnough() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();

        assertThat(Main.run(failing("Broken pipe"), err, "--help")).isZero();

        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void reportsThatItsOutputIsLost() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();

        assertThat(Main.run(failing("No space left on device"), err, "--help")).isEqualTo(1);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("polyak: standard output cannot be written: No space left on device\n");
    }

    private static OutputStream failing(String reason) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(reason);
            }
        };
    }
}
