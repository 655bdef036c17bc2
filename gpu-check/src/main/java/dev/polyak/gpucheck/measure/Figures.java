package dev.polyak.gpucheck.measure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a measurement found.
 *
 * @param name what was done
 * @param rounds in how many rounds
 * @param times each way's time
 * @param ratios how the ways compare, round by round
 */
public record Figures(String name, int rounds, List<Time> times, List<Ratio> ratios) {
    /**
     * How long a way took.
     *
     * @param way its name
     * @param bytes how many it read and wrote; 0 if nobody knows
     * @param millis milliseconds
     */
    public record Time(String way, long bytes, Quartiles millis) {
        /** In 10⁹ bytes a second, at the median. */
        public double gigabytesPerSecond() {
            return bytes / millis.median() / 1e6;
        }

        Map<String, Object> members() {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("way", way);
            members.put("millis", millis.members());
            if (bytes > 0) {
                members.put("bytes", bytes);
                members.put("gigabytesPerSecond", gigabytesPerSecond());
            }
            return members;
        }
    }

    /**
     * How two ways compare.
     *
     * @param name which ways, and what of them
     * @param spread over the rounds
     */
    public record Ratio(String name, Quartiles spread) {
        Map<String, Object> members() {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("name", name);
            members.putAll(spread.members());
            return members;
        }
    }

    /** The name of a ratio of bandwidths. */
    public static String bandwidth(String way, String other) {
        return "bandwidth of " + way + " by that of " + other;
    }

    /** The name of a ratio of speeds. */
    public static String speed(String way, String other) {
        return "speed of " + way + " by that of " + other;
    }

    /** The name of a ratio of a whole's speed and its slower part's. */
    static String speed(String way, String part, String other) {
        return "speed of " + way + " by that of the slower of " + part + " and " + other;
    }

    /** The time of a way that took part. */
    public Time time(String way) {
        return times.stream()
                .filter(time -> time.way().equals(way))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + way + "' did not take part in " + name));
    }

    /** A ratio by its name. */
    public Optional<Ratio> ratio(String wanted) {
        return ratios.stream().filter(ratio -> ratio.name().equals(wanted)).findFirst();
    }

    /** As an object for JSON. */
    public Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", name);
        members.put("rounds", rounds);
        members.put("times", times.stream().map(Time::members).toList());
        members.put("ratios", ratios.stream().map(Ratio::members).toList());
        return members;
    }
}
