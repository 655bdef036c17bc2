package dev.polyak.bench;

import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Quartiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found.
 *
 * @param chapter what it belongs to
 * @param elements of the model it is about; 0 if the name says it
 * @param figures the times
 * @param limits for ways that have one, the way that is their limit
 * @param verdicts whether what must hold does
 */
public record Result(
        String chapter, long elements, Figures figures, Map<String, String> limits, List<Verdict> verdicts) {
    /**
     * What became of something that must hold.
     *
     * @param way which way
     * @param other than which other way
     * @param least how many times as fast it must be
     * @param speed how many times as fast it was, round by round
     * @param met whether that is enough
     */
    public record Verdict(String way, String other, double least, Quartiles speed, boolean met) {
        private static Verdict read(JsonTree json) throws IOException {
            return new Verdict(
                    json.member("way").text(),
                    json.member("other").text(),
                    json.member("least").number(),
                    json.member("speed").spread(),
                    Boolean.parseBoolean(json.member("met").text()));
        }

        private Map<String, Object> members() {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("way", way);
            members.put("other", other);
            members.put("least", least);
            members.put("speed", speed.members());
            members.put("met", met);
            return members;
        }
    }

    /** Whether a way is no limit of others. */
    public boolean isWork(String way) {
        return limits.isEmpty() || limits.containsKey(way);
    }

    /** How much of its limit's bandwidth a way reaches; nothing if it has no limit. */
    public Optional<Quartiles> ofLimit(String way) {
        return Optional.ofNullable(limits.get(way))
                .flatMap(limit -> figures.ratio(Figures.bandwidth(way, limit)))
                .map(Figures.Ratio::spread);
    }

    /** Elements in a second, at the median; 0 if nobody counted them. */
    public double elementsPerSecond(Figures.Time time) {
        return elements / time.millis().median() * 1e3;
    }

    /** What {@link #members} gave. */
    static Result read(JsonTree json) throws IOException {
        List<Figures.Time> times = new ArrayList<>();
        List<Figures.Ratio> ratios = new ArrayList<>();
        Map<String, String> limits = new LinkedHashMap<>();
        for (JsonTree time : json.member("ways").elements()) {
            String way = time.member("way").text();
            times.add(new Figures.Time(
                    way,
                    (long) time.member("bytes").number(),
                    time.member("millis").spread()));
            if (time.has("limit")) {
                String limit = time.member("limit").text();
                limits.put(way, limit);
                ratios.add(new Figures.Ratio(
                        Figures.bandwidth(way, limit), time.member("ofLimit").spread()));
            }
        }
        for (String limit : limits.values()) {
            if (times.stream().noneMatch(time -> time.way().equals(limit))) {
                throw new IOException("it has a limit, '" + limit + "', that is none of the ways");
            }
        }
        List<Verdict> verdicts = new ArrayList<>();
        for (JsonTree verdict : json.member("verdicts").elements()) {
            verdicts.add(Verdict.read(verdict));
        }
        return new Result(
                json.member("chapter").text(),
                (long) json.member("elements").number(),
                new Figures(
                        json.member("name").text(), (int) json.member("rounds").number(), times, ratios),
                limits,
                verdicts);
    }

    /** As an object for JSON. */
    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("chapter", chapter);
        members.put("name", figures.name());
        members.put("elements", elements);
        members.put("rounds", figures.rounds());
        members.put("ways", figures.times().stream().map(this::members).toList());
        members.put("verdicts", verdicts.stream().map(Verdict::members).toList());
        return members;
    }

    private Map<String, Object> members(Figures.Time time) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("way", time.way());
        members.put("millis", time.millis().members());
        members.put("bytes", time.bytes());
        members.put("gigabytesPerSecond", time.gigabytesPerSecond());
        members.put("elementsPerSecond", elementsPerSecond(time));
        ofLimit(time.way()).ifPresent(share -> {
            members.put("limit", limits.get(time.way()));
            members.put("ofLimit", share.members());
        });
        return members;
    }
}
