package dev.polyak.cli.demo;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The accuracy of raw and averaged weights as curves over the epochs. */
final class Picture {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 500;
    private static final Color TEXT = new Color(0x33, 0x33, 0x33);
    private static final Color GRID = new Color(0xe4, 0xe4, 0xe4);
    private static final Color RAW = new Color(0xb8, 0xb0, 0xa4);
    private static final Color AVERAGED = new Color(0x1f, 0x5f, 0xa8);
    private static final Color OFFLINE = new Color(0xd9, 0x6b, 0x1d);
    private static final BasicStroke DASHED =
            new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {8, 5}, 0);

    private Picture() {}

    /** Draws into a PNG file, if {@linkplain Fonts#areThere there are fonts}. */
    static void write(Outcome outcome, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            ImageIO.write(BitmapEncoder.getBufferedImage(chart(outcome)), "png", out);
        }
    }

    private static XYChart chart(Outcome outcome) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Handwritten digits: accuracy on the test set")
                .xAxisTitle("epoch")
                .yAxisTitle("")
                .build();
        style(chart.getStyler());
        double[] epochs = outcome.curve().stream().mapToDouble(Epoch::number).toArray();
        line(
                chart,
                "raw weights",
                epochs,
                percents(outcome.curve(), Epoch::raw),
                RAW,
                new BasicStroke(2),
                SeriesMarkers.CIRCLE);
        line(
                chart,
                "averaged weights (EMA)",
                epochs,
                percents(outcome.curve(), Epoch::averaged),
                AVERAGED,
                new BasicStroke(3),
                SeriesMarkers.CIRCLE);
        double offline = 100 * outcome.offline();
        double[] averaged = {outcome.stoppedAfter() + 1, outcome.epochs()};
        String name =
                String.format(Locale.ROOT, "checkpoints %.0f to %.0f, averaged offline", averaged[0], averaged[1]);
        line(chart, name, averaged, new double[] {offline, offline}, OFFLINE, DASHED, SeriesMarkers.CIRCLE);
        return chart;
    }

    private static void style(XYStyler style) {
        style.setLocale(Locale.ROOT);
        style.setChartBackgroundColor(Color.WHITE);
        style.setChartFontColor(TEXT);
        style.setChartPadding(16);
        style.setChartTitleBoxVisible(false);
        style.setChartTitleFont(Fonts.of(Font.BOLD, 18));
        style.setPlotBorderVisible(false);
        style.setPlotGridLinesColor(GRID);
        style.setPlotGridLinesStroke(new BasicStroke(1));
        style.setPlotGridVerticalLinesVisible(false);
        style.setAxisTicksLineVisible(false);
        style.setAxisTicksMarksVisible(false);
        style.setAxisTickLabelsColor(TEXT);
        style.setAxisTickLabelsFont(Fonts.of(Font.PLAIN, 14));
        style.setAxisTitleFont(Fonts.of(Font.PLAIN, 14));
        style.setXAxisDecimalPattern("0");
        style.setYAxisTickLabelsFormattingFunction(percent -> String.format(Locale.ROOT, "%.0f %%", percent));
        style.setLegendPosition(LegendPosition.OutsideS);
        style.setLegendLayout(LegendLayout.Horizontal);
        style.setLegendBorderColor(Color.WHITE);
        style.setLegendFont(Fonts.of(Font.PLAIN, 14));
        style.setMarkerSize(6);
    }

    private static void line(
            XYChart chart, String name, double[] x, double[] y, Color color, BasicStroke stroke, Marker marker) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setLineColor(color);
        series.setLineStyle(stroke);
        series.setMarker(marker);
        series.setMarkerColor(color);
    }

    private static double[] percents(List<Epoch> curve, ToDoubleFunction<Epoch> accuracy) {
        return curve.stream()
                .mapToDouble(epoch -> 100 * accuracy.applyAsDouble(epoch))
                .toArray();
    }
}
