package dev.polyak.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cost that grows with the work: fixed + slope · amount.
 *
 * @param what whose cost
 * @param unit what the amount counts
 * @param fixedMicros microseconds whatever the amount
 * @param nanosPerUnit nanoseconds for each of it
 */
public record Line(String what, String unit, double fixedMicros, double nanosPerUnit) {
    /**
     * How long an amount takes.
     *
     * @param amount how much
     * @param millis how long
     */
    record Point(double amount, double millis) {}

    /** The line whose distances from the points, each as a part of the point's own time, have the least squares. */
    static Line through(String what, String unit, List<Point> points) {
        double ones = 0;
        double amounts = 0;
        double squares = 0;
        double times = 0;
        double products = 0;
        for (Point point : points) {
            double weight = 1 / (point.millis * point.millis);
            ones += weight;
            amounts += weight * point.amount;
            squares += weight * point.amount * point.amount;
            times += weight * point.millis;
            products += weight * point.amount * point.millis;
        }
        double determinant = ones * squares - amounts * amounts;
        double fixed = (times * squares - amounts * products) / determinant;
        double slope = (ones * products - amounts * times) / determinant;
        return new Line(what, unit, 1e3 * fixed, 1e6 * slope);
    }

    /** What {@link #members} gave. */
    static Line read(JsonTree json) throws IOException {
        return new Line(
                json.member("what").text(),
                json.member("unit").text(),
                json.member("fixedMicros").number(),
                json.member("nanosPerUnit").number());
    }

    /** As an object for JSON. */
    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("what", what);
        members.put("unit", unit);
        members.put("fixedMicros", fixedMicros);
        members.put("nanosPerUnit", nanosPerUnit);
        return members;
    }
}
