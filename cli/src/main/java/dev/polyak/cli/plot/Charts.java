package dev.polyak.cli.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;

/** Charts of curves and of bars that look alike. They need {@linkplain Fonts#areThere fonts}. */
public final class Charts {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 500;
    private static final Color TEXT = new Color(0x33, 0x33, 0x33);
    private static final Color GRID = new Color(0xe4, 0xe4, 0xe4);

    private Charts() {}

    /**
     * A chart without curves yet.
     *
     * @param title what it shows
     * @param xAxis what the curves run over
     * @return the chart
     */
    public static XYChart of(String title, String xAxis) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xAxis)
                .yAxisTitle("")
                .build();
        dress(chart.getStyler());
        chart.getStyler().setMarkerSize(6);
        return chart;
    }

    /**
     * A chart without bars yet.
     *
     * @param title what it shows
     * @param xAxis what the groups of bars are
     * @return the chart
     */
    public static CategoryChart bars(String title, String xAxis) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xAxis)
                .yAxisTitle("")
                .build();
        dress(chart.getStyler());
        chart.getStyler().setMarkerSize(0);
        chart.getStyler().setAvailableSpaceFill(0.8);
        return chart;
    }

    private static void dress(AxesChartStyler style) {
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
        style.setLegendPosition(LegendPosition.OutsideS);
        style.setLegendLayout(LegendLayout.Horizontal);
        style.setLegendBorderColor(Color.WHITE);
        style.setLegendFont(Fonts.of(Font.PLAIN, 14));
    }

    /**
     * Adds a curve.
     *
     * @param chart to what
     * @param name what it is called in the legend
     * @param x where its points are
     * @param y what they are
     * @param color of line and markers
     * @param stroke of the line
     * @param marker on each point
     */
    public static void line(
            XYChart chart, String name, double[] x, double[] y, Color color, BasicStroke stroke, Marker marker) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setLineColor(color);
        series.setLineStyle(stroke);
        series.setMarker(marker);
        series.setMarkerColor(color);
    }

    /**
     * Draws into a PNG file.
     *
     * @param chart what to draw
     * @param file where to; what is there is replaced
     * @throws IOException if the file cannot be written
     */
    public static void write(XYChart chart, Path file) throws IOException {
        write(BitmapEncoder.getBufferedImage(chart), file);
    }

    /**
     * Draws into a PNG file.
     *
     * @param chart what to draw
     * @param file where to; what is there is replaced
     * @throws IOException if the file cannot be written
     */
    public static void write(CategoryChart chart, Path file) throws IOException {
        write(BitmapEncoder.getBufferedImage(chart), file);
    }

    private static void write(BufferedImage image, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            ImageIO.write(image, "png", out);
        }
    }
}
