package dev.polyak.cli.bench;

import dev.polyak.bench.Result;
import dev.polyak.bench.Results;
import dev.polyak.bench.work.Pairing;
import dev.polyak.cli.plot.Charts;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Measurements;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * How long an update takes, from small to large models, on axes that make equal factors equally long: on the CPU, and
 * where there is a GPU, on it and off it.
 */
final class SizesPicture {
    private static final String ON_CPU = "polyak";

    private static final List<Color> COLORS = List.of(
            new Color(0x1f, 0x5f, 0xa8),
            new Color(0x8f, 0xb6, 0xe0),
            new Color(0xd9, 0x6b, 0x1d),
            new Color(0xf0, 0xb4, 0x84),
            new Color(0x4c, 0x8c, 0x4a),
            new Color(0xa6, 0xcf, 0xa4),
            new Color(0x7a, 0x3f, 0x9d),
            new Color(0xc0, 0x33, 0x4d),
            new Color(0x33, 0x33, 0x33),
            new Color(0x9a, 0x8a, 0x5a));

    private SizesPicture() {}

    private record Point(double elements, double micros) {}

    /** Draws the chapter about sizes, if there is one, and what that about the GPU has of the same types. */
    static boolean write(Results results, Path file) throws IOException {
        Map<String, List<Point>> curves = new LinkedHashMap<>();
        for (Result finding : results.chapter(Results.SIZES)) {
            String types = finding.figures().name().replaceFirst("sizes: (\\S+) .*", "$1");
            for (Figures.Time time : finding.figures().times()) {
                if (time.way().startsWith(ON_CPU)) {
                    add(curves, time.way().replace(ON_CPU, types), finding, time.way());
                }
            }
        }
        if (curves.isEmpty()) {
            return false;
        }
        Set<String> drawn = new LinkedHashSet<>();
        curves.keySet().forEach(curve -> drawn.add(curve.replaceFirst(",.*", "")));
        for (Pairing types : Pairing.values()) {
            if (drawn.contains(types.name())) {
                String words = types.source() + " -> " + types.kept() + ", ";
                for (Result finding : results.chapter(Results.GPU)) {
                    String name = finding.figures().name();
                    if (name.startsWith("update " + words)) {
                        add(curves, types + ", GPU", finding, Measurements.UPDATE);
                    } else if (name.startsWith("average off the GPU, " + words)) {
                        add(curves, types + ", off the GPU", finding, Measurements.UPDATE_OFF_GPU);
                    }
                }
            }
        }
        XYChart chart = Charts.of("Cost of an update, in microseconds", "elements");
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE); // below it they would not all have room
        chart.getStyler().setLegendLayout(LegendLayout.Vertical);
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
        return true;
    }

    private static void add(Map<String, List<Point>> curves, String curve, Result finding, String way) {
        finding.figures().times().stream()
                .filter(time -> time.way().equals(way))
                .forEach(time -> curves.computeIfAbsent(curve, name -> new ArrayList<>())
                        .add(new Point(finding.elements(), 1e3 * time.millis().median())));
    }
}
