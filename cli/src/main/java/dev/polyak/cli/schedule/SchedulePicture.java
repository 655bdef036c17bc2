package dev.polyak.cli.schedule;

import dev.polyak.cli.console.Text;
import dev.polyak.cli.plot.Charts;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Weights over the steps, both on logarithmic axes. */
final class SchedulePicture {
    private static final int MARKED = 60;
    private static final Color[] COLORS = {
        new Color(0x1f, 0x5f, 0xa8),
        new Color(0xd9, 0x6b, 0x1d),
        new Color(0x3b, 0x8c, 0x5a),
        new Color(0x8a, 0x4f, 0x9e)
    };

    private SchedulePicture() {}

    /** Whether there is anything to draw: logarithmic axes have no zero. */
    static boolean canShow(List<ScheduleTrace> courses) {
        return courses.stream().anyMatch(course -> points(course).length > 0);
    }

    static void write(List<ScheduleTrace> courses, Path file) throws IOException {
        XYChart chart = Charts.of("Weight of each step's state in the average", "step");
        double smallest = 1;
        for (int i = 0; i < courses.size(); i++) {
            ScheduleTrace course = courses.get(i);
            int[] steps = points(course);
            if (steps.length > 0) {
                double[] weights = IntStream.of(steps)
                        .mapToDouble(step -> weight(course, step))
                        .toArray();
                smallest = Math.min(smallest, Arrays.stream(weights).min().getAsDouble());
                Charts.line(
                        chart,
                        course.suffix().isEmpty() ? Text.brief(course.description()) : course.suffix(),
                        IntStream.of(steps).asDoubleStream().toArray(),
                        weights,
                        COLORS[i % COLORS.length],
                        new BasicStroke(2),
                        steps.length <= MARKED ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
            }
        }
        XYStyler style = chart.getStyler();
        style.setXAxisLogarithmic(true);
        style.setYAxisLogarithmic(true);
        style.setXAxisMin(1.0);
        style.setXAxisMax((double) Math.max(10, courses.get(0).steps()));
        style.setYAxisMin(Math.min(0.1, Math.pow(10, Math.floor(Math.log10(smallest)))));
        style.setYAxisMax(1.0);
        Charts.write(chart, file);
    }

    private static int[] points(ScheduleTrace course) {
        return IntStream.of(Excerpt.ofCurve(course.steps()))
                .filter(step -> weight(course, step) > 0)
                .toArray();
    }

    /** The weight at a step; 0 if there is none. */
    private static double weight(ScheduleTrace course, int step) {
        Double weight = course.weight(step);
        return weight == null ? 0 : weight;
    }
}
