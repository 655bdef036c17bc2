package dev.polyak.cli.console;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * A bar that shows how far long work has come: on a terminal only, and only once the work has taken a while. Until then
 * it costs nothing.
 *
 * <p>Several threads may {@link #add} at once.
 */
public final class Progress implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int REDRAW_MILLIS = 200;
    private static final int WIDTH = 79;

    private final String task;
    private final String unit;
    private final long unitSize;
    private final long total;
    private final boolean watched;
    private final PrintWriter err;
    private final AtomicLong done = new AtomicLong();
    private final long begin = System.nanoTime();
    private volatile @Nullable ProgressBar bar;
    private boolean closed;

    /**
     * Begins to watch work.
     *
     * @param task what is done, in a word
     * @param unit what is counted, in a word with a space before it
     * @param unitSize how many of what is added make one of what is shown
     * @param total how much there is to be added
     * @param watched whether a person watches
     * @param err where the bar goes
     */
    Progress(String task, String unit, long unitSize, long total, boolean watched, PrintWriter err) {
        this.task = task;
        this.unit = unit;
        this.unitSize = unitSize;
        this.total = total;
        this.watched = watched;
        this.err = err;
    }

    /**
     * Begins to watch work that is counted in bytes.
     *
     * @param task what is done, in a word
     * @param bytes how much there is to do
     * @param err standard error
     * @return the progress, none yet
     */
    public static Progress ofBytes(String task, long bytes, PrintWriter err) {
        return new Progress(task, " MB", 1_000_000, bytes, Terminal.showsErrors(), err);
    }

    /**
     * Tells that a part is done.
     *
     * @param amount how much more
     */
    public void add(long amount) {
        if (!watched) {
            return;
        }
        long now = done.addAndGet(amount);
        ProgressBar shown = bar;
        if (shown != null) {
            shown.stepTo(now);
        } else if (System.nanoTime() - begin > PATIENCE) {
            show();
        }
    }

    /** Takes the bar away. */
    @Override
    public synchronized void close() {
        closed = true;
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    private synchronized void show() {
        if (bar == null && !closed) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setUnit(unit, unitSize)
                    .setInitialMax(total)
                    .startsFrom(done.get(), Duration.ofNanos(System.nanoTime() - begin))
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(REDRAW_MILLIS)
                    .setConsumer(new Line(err))
                    .build();
        }
    }

    /** One line of the terminal. The library's own would ask a native library for the width first. */
    private record Line(PrintWriter err) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return WIDTH;
        }

        @Override
        public void accept(String text) {
            err.print("\r" + text);
            err.flush();
        }

        @Override
        public void clear() {
            err.print("\r" + " ".repeat(WIDTH) + "\r");
            err.flush();
        }

        @Override
        public void close() {
            clear();
        }
    }
}
