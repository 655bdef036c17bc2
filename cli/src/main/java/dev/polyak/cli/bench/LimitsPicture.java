package dev.polyak.cli.bench;

import dev.polyak.bench.Result;
import dev.polyak.bench.Results;
import dev.polyak.cli.plot.Charts;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Measurements;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.knowm.xchart.CategoryChart;

/** How much memory each backend moves in a second, below the roof that is the limit. */
final class LimitsPicture {
    /** Of the limit, the first bar of each group. */
    private static final Color ROOF = new Color(0xe2, 0xe2, 0xe2);
    /** Of backends, the widest last, and of what follows them. */
    private static final List<Color> COLORS = List.of(
            new Color(0xd0, 0xca, 0xc0),
            new Color(0xa9, 0xc4, 0xe4),
            new Color(0x60, 0x95, 0xcf),
            new Color(0x1f, 0x5f, 0xa8),
            new Color(0xd9, 0x6b, 0x1d));

    private LimitsPicture() {}

    /** Draws the chapter about backends, if there is one. */
    static boolean write(Results results, Path file) throws IOException {
        return draw(
                "Updates on one thread: memory moved, in GB/s",
                results.chapter(Results.BACKENDS),
                finding -> finding.figures().name().replace("backends: ", ""),
                file);
    }

    /** Draws the updates in the chapter about the GPU, of the largest model of each type, if there are any. */
    static boolean writeGpu(Results results, Path file) throws IOException {
        Map<String, Result> largest = new LinkedHashMap<>();
        for (Result finding : results.chapter(Results.GPU)) {
            if (finding.limits().containsKey(Measurements.UPDATE)) {
                largest.merge(types(finding), finding, (one, two) -> one.elements() > two.elements() ? one : two);
            }
        }
        return draw(
                "Updates on the GPU: memory moved, in GB/s", List.copyOf(largest.values()), LimitsPicture::types, file);
    }

    private static String types(Result update) {
        return update.figures().name().replaceFirst("update (.*), .*", "$1");
    }

    private static boolean draw(String title, List<Result> findings, Function<Result, String> typesOf, Path file)
            throws IOException {
        if (findings.isEmpty()) {
            return false;
        }
        List<String> types = findings.stream().map(typesOf).toList();
        CategoryChart chart = Charts.bars(title, "types of model and average");
        chart.addSeries(
                        "limit",
                        types,
                        findings.stream().map(LimitsPicture::limit).toList())
                .setFillColor(ROOF);
        Map<String, List<Double>> bars = new LinkedHashMap<>();
        for (Result finding : findings) {
            for (Figures.Time time : finding.figures().times()) {
                if (finding.limits().containsKey(time.way())) {
                    bars.computeIfAbsent(name(time.way()), name -> new ArrayList<>());
                }
            }
        }
        bars.forEach((name, values) -> findings.forEach(finding -> values.add(finding.figures().times().stream()
                .filter(time -> finding.limits().containsKey(time.way())
                        && name(time.way()).equals(name))
                .mapToDouble(Figures.Time::gigabytesPerSecond)
                .findFirst()
                .orElse(0))));
        int color = bars.size() > 1 ? 0 : COLORS.size() - 2; // what is alone is no backend among others
        for (Map.Entry<String, List<Double>> bar : bars.entrySet()) {
            chart.addSeries(bar.getKey(), types, bar.getValue())
                    .setFillColor(COLORS.get(Math.min(color++, COLORS.size() - 1)));
        }
        Charts.write(chart, file);
        return true;
    }

    /** "polyak, scalar" is the scalar backend; C has no backends. */
    private static String name(String way) {
        return way.startsWith("polyak, ") ? way.substring("polyak, ".length()) : way.replaceFirst(",.*", "");
    }

    private static double limit(Result finding) {
        return finding.limits().values().stream()
                .mapToDouble(limit -> finding.figures().time(limit).gigabytesPerSecond())
                .max()
                .orElse(0);
    }
}
