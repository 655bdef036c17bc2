package dev.polyak.cli.demo;

import dev.polyak.cli.plot.Charts;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** When training, copy and fold ran: as a picture of the last steps, and as a table of all. */
final class Timeline {
    private static final int DRAWN = 6;
    /** The shortest bar, as a part of the picture: what takes less is still seen. */
    private static final double SHORTEST = 0.002;

    private static final BasicStroke BAR = new BasicStroke(34, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER);
    private static final Color TRAINING = new Color(0xb8, 0xb0, 0xa4);
    private static final Color CALLING = new Color(0xc0, 0x39, 0x2b);
    private static final Color COPYING = new Color(0xd9, 0x6b, 0x1d);
    private static final Color FOLDING = new Color(0x1f, 0x5f, 0xa8);

    private Timeline() {}

    /** Writes comma-separated values, in milliseconds since the first step began. */
    static void write(List<Step> steps, Path file) throws IOException {
        String head = "step,training_begun,training_ended,update_returned,copy_begun,copy_ended,fold_begun,fold_ended";
        long zero = steps.get(0).begun();
        Stream<String> rows = IntStream.range(0, steps.size()).mapToObj(i -> row(i + 1, steps.get(i), zero));
        Files.write(file, Stream.concat(Stream.of(head), rows).toList());
    }

    private static String row(int number, Step step, long zero) {
        return String.format(
                Locale.ROOT,
                "%d,%.6f,%.6f,%.6f,%.6f,%.6f,%.6f,%.6f",
                number,
                millis(step.begun(), zero),
                millis(step.trained(), zero),
                millis(step.returned(), zero),
                millis(step.update().begun(), zero),
                millis(step.update().read(), zero),
                millis(step.update().updating(), zero),
                millis(step.update().done(), zero));
    }

    /** Draws the last steps into a PNG file, if {@linkplain dev.polyak.cli.plot.Fonts#areThere there are fonts}. */
    static void draw(OffloadOutcome outcome, Path file) throws IOException {
        List<Step> all = outcome.steps();
        List<Step> steps = all.subList(Math.max(0, all.size() - DRAWN), all.size());
        XYChart chart = Charts.of("Training, and its average off the device: " + place(outcome), "milliseconds");
        XYStyler style = chart.getStyler();
        style.setYAxisTicksVisible(false);
        style.setPlotGridHorizontalLinesVisible(false);
        style.setYAxisMin(0.0);
        style.setYAxisMax(4.0);
        bars(chart, "training", 3, TRAINING, steps, Step::begun, Step::trained);
        bars(chart, "call of update, for which it waits", 3, CALLING, steps, Step::trained, Step::returned);
        bars(
                chart,
                "copy",
                2,
                COPYING,
                steps,
                step -> step.update().begun(),
                step -> step.update().read());
        bars(
                chart,
                "fold",
                1,
                FOLDING,
                steps,
                step -> step.update().updating(),
                step -> step.update().done());
        Charts.write(chart, file);
    }

    /** From where to where the numbers go. */
    static String place(OffloadOutcome outcome) {
        return outcome.choice().device() + " to cpu";
    }

    /** One lane: a line that is broken between its bars. */
    private static void bars(
            XYChart chart,
            String name,
            double lane,
            Color color,
            List<Step> steps,
            ToLongFunction<Step> begin,
            ToLongFunction<Step> end) {
        long zero = steps.get(0).begun();
        double shortest = SHORTEST * millis(steps.get(steps.size() - 1).returned(), zero);
        double[] x = steps.stream()
                .flatMapToDouble(step -> {
                    double first = millis(begin.applyAsLong(step), zero);
                    double last = Math.max(millis(end.applyAsLong(step), zero), first + shortest);
                    return DoubleStream.of(first, last, last);
                })
                .toArray();
        double[] y = IntStream.range(0, x.length)
                .mapToDouble(i -> i % 3 == 2 ? Double.NaN : lane)
                .toArray();
        Charts.line(chart, name, x, y, color, BAR, SeriesMarkers.NONE);
    }

    private static double millis(long time, long zero) {
        return (time - zero) / 1e6;
    }
}
