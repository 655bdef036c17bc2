package dev.polyak.cli.demo;

import dev.polyak.cli.console.Terminal;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows a person who watches how far training has come; shows nothing where nobody watches. */
final class ProgressLine implements AutoCloseable {
    private static final int WIDTH = 79;
    private static final int REDRAW_MILLIS = 100;

    private final @Nullable ProgressBar bar;

    /**
     * Begins the line.
     *
     * @param steps how many steps there are to do
     */
    ProgressLine(long steps) {
        bar = Terminal.showsErrors() ? bar(steps) : null;
    }

    void stepDone() {
        if (bar != null) {
            bar.step();
        }
    }

    /** Puts a few words behind the bar. */
    void say(String words) {
        if (bar != null) {
            bar.setExtraMessage(words);
        }
    }

    /** Takes the line away. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }

    private static ProgressBar bar(long steps) {
        return new ProgressBarBuilder()
                .setTaskName("training")
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
                .hideEta()
                .clearDisplayOnFinish()
                .build();
    }
}
