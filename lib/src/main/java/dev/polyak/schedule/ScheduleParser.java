package dev.polyak.schedule;

import java.util.List;

/** Reads the notation that schedules print: a call, then method calls on it. */
final class ScheduleParser {
    /** Far more than anyone writes, and far less than the stack holds. */
    private static final int DEEPEST = 100;

    private final String text;
    private int position;
    private int depth;

    ScheduleParser(String text) {
        this.text = text;
    }

    Schedule parse() {
        Schedule schedule = schedule();
        if (position < text.length()) {
            throw wrong("nothing more");
        }
        return schedule;
    }

    private Schedule schedule() {
        Schedule schedule = base();
        while (position < text.length() && text.charAt(position) == '.') {
            position++;
            schedule = combination(schedule);
        }
        return schedule;
    }

    private Schedule base() {
        String name = upTo('(');
        List<String> arguments = List.of(upTo(')').split(",", -1));
        return switch (name + "/" + arguments.size()) {
            case "decay/1" -> Schedules.decay(number(arguments.get(0)));
            case "momentum/1" -> Schedules.momentum(number(arguments.get(0)));
            case "half-life/2" ->
                Schedules.halfLife(number(arguments.get(0)), (int) count(arguments.get(1), Integer.MAX_VALUE));
            case "cosine/3" ->
                Schedules.cosine(
                        number(arguments.get(0)), number(arguments.get(1)), count(arguments.get(2), Long.MAX_VALUE));
            case "equal/1" -> Schedules.equal();
            default -> {
                if (!name.equals("weights")) {
                    throw wrong("decay(D), momentum(M), half-life(STEPS,INTERVAL), cosine(FROM,TO,STEPS), equal() or"
                            + " weights(A,B,…)");
                }
                yield Schedules.weights(
                        arguments.stream().mapToDouble(this::number).toArray());
            }
        };
    }

    private Schedule combination(Schedule schedule) {
        return switch (upTo('(')) {
            case "warmup" -> schedule.warmup(Warmup.parse(upTo(')')));
            case "over" -> schedule.over((int) count(upTo(')'), Integer.MAX_VALUE));
            case "then" -> {
                if (++depth > DEEPEST) {
                    throw wrong("no more than " + DEEPEST + " schedules one within the other");
                }
                long updates = count(upTo(','), Long.MAX_VALUE);
                Schedule next = schedule();
                if (!upTo(')').isEmpty()) {
                    throw wrong("')'");
                }
                yield schedule.then(updates, next);
            }
            default -> throw wrong(".warmup(…), .over(STEPS) or .then(UPDATES,SCHEDULE)");
        };
    }

    private String upTo(char end) {
        int at = text.indexOf(end, position);
        if (at < 0) {
            throw wrong("'" + end + "'");
        }
        String part = text.substring(position, at);
        position = at + 1;
        return part;
    }

    private double number(String word) {
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            throw (IllegalArgumentException)
                    wrong("a number, not '" + word + "'").initCause(e);
        }
    }

    private long count(String word, long most) {
        try {
            long count = Long.parseLong(word);
            if (count <= most) {
                return count;
            }
        } catch (NumberFormatException e) {
            throw (IllegalArgumentException)
                    wrong("a whole number, not '" + word + "'").initCause(e);
        }
        throw wrong("a number up to " + most + ", not '" + word + "'");
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException(
                "'" + text + "' is no schedule: expected " + expected + " near character " + position);
    }
}
