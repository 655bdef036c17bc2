package dev.polyak.gpucheck.measure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where repeated measurements lie.
 *
 * @param least the smallest
 * @param lower a quarter are below
 * @param median half are below
 * @param upper a quarter are above
 */
public record Quartiles(double least, double lower, double median, double upper) {
    /** Where values lie; at least one. */
    public static Quartiles of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Quartiles(sorted[0], quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75));
    }

    private static double quantile(double[] sorted, double fraction) {
        double at = fraction * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /** As an object for JSON. */
    public Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("least", least);
        members.put("lowerQuartile", lower);
        members.put("median", median);
        members.put("upperQuartile", upper);
        return members;
    }
}
