package dev.polyak.schedule;

import java.util.List;

/** Reads {@code NAME:NUMBER:…}. */
final class WarmupParser {
    private static final String FORMS = "linear:FROM:ITERS, inverse-gamma:GAMMA:POWER[:MIN], annealing:GAMMA or ramp";

    private WarmupParser() {}

    static Warmup parse(String text) {
        List<String> words = List.of(text.split(":", -1));
        return switch (words.get(0) + "/" + (words.size() - 1)) {
            case "linear/2" -> Warmup.linear(number(text, words.get(1)), count(text, words.get(2)));
            case "inverse-gamma/2" -> Warmup.inverseGamma(number(text, words.get(1)), number(text, words.get(2)));
            case "inverse-gamma/3" ->
                Warmup.inverseGamma(number(text, words.get(1)), number(text, words.get(2)), number(text, words.get(3)));
            case "annealing/1" -> Warmup.annealing(number(text, words.get(1)));
            case "ramp/0" -> Warmup.ramp();
            default -> throw new IllegalArgumentException("'" + text + "' is no warmup; write " + FORMS);
        };
    }

    private static double number(String text, String word) {
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + word + "' in the warmup '" + text + "' is not a number; write " + FORMS, e);
        }
    }

    private static long count(String text, String word) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + word + "' in the warmup '" + text + "' is not a whole number; write " + FORMS, e);
        }
    }
}
