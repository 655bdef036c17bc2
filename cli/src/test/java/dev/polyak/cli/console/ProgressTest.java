package dev.polyak.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringWriter err = new StringWriter();

    @Test
    void showsLongWorkAndGoesAway() throws InterruptedException {
        try (Progress progress = progress(true)) {
            for (int i = 0; i < 9; i++) {
                progress.add(100_000_000);
                Thread.sleep(100);
            }
        }

        assertThat(err.toString()).contains("\raverage ").contains("/1000 MB").endsWith("\r" + " ".repeat(79) + "\r");
        assertThat(err.toString().split("\r")).allMatch(line -> line.length() <= 79);
    }

    @Test
    void doesNotShowShortWork() {
        try (Progress progress = progress(true)) {
            progress.add(1_000_000_000);
        }

        assertThat(err.toString()).isEmpty();
    }

    @Test
    void showsNothingIfNobodyWatches() throws InterruptedException {
        try (Progress progress = progress(false)) {
            Thread.sleep(600);
            progress.add(1_000_000_000);
        }

        assertThat(err.toString()).isEmpty();
    }

    private Progress progress(boolean watched) {
        return new Progress("average", " MB", 1_000_000, 1_000_000_000, watched, new PrintWriter(err));
    }
}
