package dev.polyak.schedule;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads time strings as Composer does: hours, minutes and seconds first, then a number and its unit. */
final class TrainingTimeParser {
    private static final Pattern CLOCK = Pattern.compile("(?:(\\d{1,2})h)?(?:(\\d{1,2})m)?(?:(\\d{1,2})s)?");
    private static final int HOURS = 24;
    private static final int MINUTES = 60;
    private static final int SECONDS = 60;

    private static final Pattern AMOUNT = Pattern.compile(
            "(.+)("
                    + Arrays.stream(TrainingTime.Unit.values())
                            .map(TrainingTime.Unit::label)
                            .collect(Collectors.joining("|"))
                    + ")",
            Pattern.CASE_INSENSITIVE);
    /**
     * What Python takes for a number; Java's own notation has suffixes and hexadecimals that would collide with units.
     */
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d+(_\\d+)*\\.?|(\\d+(_\\d+)*)?\\.\\d+(_\\d+)*)" + "([eE][+-]?\\d+(_\\d+)*)?");

    private static final Pattern INFINITY = Pattern.compile("([+-]?)inf(inity)?", Pattern.CASE_INSENSITIVE);

    private TrainingTimeParser() {}

    static TrainingTime parse(String text) {
        TrainingTime clock = clock(text);
        if (clock != null) {
            return clock;
        }
        Matcher match = AMOUNT.matcher(text);
        if (!match.matches()) {
            throw wrong(text, null);
        }
        TrainingTime.Unit unit = unit(match.group(2));
        try {
            return new TrainingTime(number(text, match.group(1).strip()), unit);
        } catch (IllegalArgumentException e) {
            throw wrong(text, e);
        }
    }

    private static @Nullable TrainingTime clock(String text) {
        Matcher match = CLOCK.matcher(text);
        if (text.isEmpty() || !match.matches()) {
            return null;
        }
        int hours = count(match.group(1));
        int minutes = count(match.group(2));
        int seconds = count(match.group(3));
        if (hours >= HOURS || minutes >= MINUTES || seconds >= SECONDS) {
            return null;
        }
        return new TrainingTime((hours * 60.0 + minutes) * 60 + seconds, TrainingTime.Unit.SECOND);
    }

    private static int count(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static TrainingTime.Unit unit(String label) {
        return Arrays.stream(TrainingTime.Unit.values())
                .filter(unit -> unit.label().equals(label.toLowerCase(Locale.ROOT)))
                .findAny()
                .orElseThrow();
    }

    private static double number(String text, String word) {
        Matcher infinity = INFINITY.matcher(word);
        if (infinity.matches()) {
            return infinity.group(1).equals("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (!NUMBER.matcher(word).matches()) {
            throw wrong(text, null);
        }
        return Double.parseDouble(word.replace("_", ""));
    }

    private static IllegalArgumentException wrong(String text, @Nullable IllegalArgumentException reason) {
        String why = reason == null
                ? "write a number and its unit (ba, ep, dur, sp, tok, iter, sec), such as 10ba, 2ep" + " or 0.1dur"
                : reason.getMessage();
        return new IllegalArgumentException("'" + text + "' is no amount of training: " + why, reason);
    }
}
