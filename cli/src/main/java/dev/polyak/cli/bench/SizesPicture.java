package dev.polyak.cli.bench;

import dev.polyak.bench.Finding;
import dev.polyak.bench.Results;
import dev.polyak.cli.plot.Charts;
import dev.polyak.gpucheck.measure.Figures;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How long an update takes, from small to large models, on axes that make equal factors equally long. */
final class SizesPicture {
    private static final List<Color> COLORS = List.of(
            new Color(0x1f, 0x5f, 0xa8),
            new Color(0x8f, 0xb6, 0xe0),
            new Color(0xd9, 0x6b, 0x1d),
            new Color(0xf0, 0xb4, 0x84),
            new Color(0x4c, 0x8c, 0x4a),
            new Color(0xa6, 0xcf, 0xa4));

    private SizesPicture() {}

    private record Point(double elements, double micros) {}

    /** Draws the chapter about sizes. */
    static void write(Results results, Path file) throws IOException {
        Map<String, List<Point>> curves = new LinkedHashMap<>();
        for (Finding finding : results.chapter("sizes")) {
            String types = finding.figures().name().replaceFirst("sizes: (\\S+) .*", "$1");
            for (Figures.Time time : finding.figures().times()) {
                if (time.way().startsWith("polyak")) {
                    curves.computeIfAbsent(time.way().replace("polyak", types), name -> new ArrayList<>())
                            .add(new Point(
                                    finding.elements(), 1e3 * time.millis().median()));
                }
            }
        }
        XYChart chart = Charts.of("Cost of an update, in microseconds", "elements");
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        int color = 0;
        for (Map.Entry<String, List<Point>> curve : curves.entrySet()) {
            Charts.line(
                    chart,
                    curve.getKey(),
                    curve.getValue().stream().mapToDouble(Point::elements).toArray(),
                    curve.getValue().stream().mapToDouble(Point::micros).toArray(),
                    COLORS.get(color++ % COLORS.size()),
                    new BasicStroke(2),
                    SeriesMarkers.CIRCLE);
        }
        Charts.write(chart, file);
    }
}
