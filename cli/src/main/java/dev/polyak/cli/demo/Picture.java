package dev.polyak.cli.demo;

import dev.polyak.cli.plot.Charts;
import dev.polyak.cli.plot.Fonts;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The accuracy of raw and averaged weights as curves over the epochs. */
final class Picture {
    private static final Color RAW = new Color(0xb8, 0xb0, 0xa4);
    private static final Color AVERAGED = new Color(0x1f, 0x5f, 0xa8);
    private static final Color OFFLINE = new Color(0xd9, 0x6b, 0x1d);
    private static final BasicStroke DASHED =
            new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {8, 5}, 0);

    private Picture() {}

    /** Draws into a PNG file, if {@linkplain Fonts#areThere there are fonts}. */
    static void write(Outcome outcome, Path file) throws IOException {
        Charts.write(chart(outcome), file);
    }

    private static XYChart chart(Outcome outcome) {
        XYChart chart = Charts.of("Handwritten digits: accuracy on the test set", "epoch");
        XYStyler style = chart.getStyler();
        style.setXAxisDecimalPattern("0");
        style.setYAxisTickLabelsFormattingFunction(percent -> String.format(Locale.ROOT, "%.0f %%", percent));
        double[] epochs = outcome.curve().stream().mapToDouble(Epoch::number).toArray();
        Charts.line(
                chart,
                "raw weights",
                epochs,
                percents(outcome.curve(), Epoch::raw),
                RAW,
                new BasicStroke(2),
                SeriesMarkers.CIRCLE);
        Charts.line(
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
        Charts.line(chart, name, averaged, new double[] {offline, offline}, OFFLINE, DASHED, SeriesMarkers.CIRCLE);
        return chart;
    }

    private static double[] percents(List<Epoch> curve, ToDoubleFunction<Epoch> accuracy) {
        return curve.stream()
                .mapToDouble(epoch -> 100 * accuracy.applyAsDouble(epoch))
                .toArray();
    }
}
