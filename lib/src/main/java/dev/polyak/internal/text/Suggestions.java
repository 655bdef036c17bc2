package dev.polyak.internal.text;

import java.util.ArrayList;
import java.util.List;

/** Names that a wrong one may have been meant to be. */
public final class Suggestions {
    private static final int MOST = 3;

    private Suggestions() {}

    /**
     * What a message says behind a name that is not there: those that it may have been meant to be or, if it resembles
     * none, how many there are and the first of them.
     *
     * @param things what the names are of, in the plural
     */
    public static String instead(String name, List<String> names, String things) {
        List<String> closest = closest(name, names);
        if (!closest.isEmpty()) {
            return "did you mean "
                    + String.join(
                            " or ",
                            closest.stream().map(other -> "'" + other + "'").toList()) + "?";
        }
        return names.isEmpty()
                ? "there are no " + things
                : "the " + names.size() + " " + things + " are " + Names.some(names);
    }

    /** The few names nearest to a wrong one, in their order; none if it resembles none. */
    static List<String> closest(String name, List<String> names) {
        int best = Math.max(1, Math.min(3, name.length() / 4));
        List<String> closest = new ArrayList<>();
        for (String other : names) {
            int distance = distance(name, other, best);
            if (distance < best) {
                closest.clear();
                best = distance;
            }
            if (distance == best) {
                closest.add(other);
            }
        }
        if (closest.isEmpty()) { // a wrapper puts its own name before those of what it wraps
            names.stream()
                    .filter(other -> name.endsWith("." + other) || other.endsWith("." + name))
                    .forEach(closest::add);
        }
        return closest.subList(0, Math.min(MOST, closest.size()));
    }

    /**
     * How many letters must be put in, left out, replaced or exchanged with the next; more than a limit if too many.
     */
    private static int distance(String one, String other, int limit) {
        if (Math.abs(one.length() - other.length()) > limit) {
            return limit + 1;
        }
        int[] twoBefore = new int[other.length() + 1];
        int[] before = new int[other.length() + 1];
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            row[0] = i;
            int least = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(before[j], row[j - 1]));
                if (i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    row[j] = Math.min(row[j], twoBefore[j - 2] + 1);
                }
                least = Math.min(least, row[j]);
            }
            if (least > limit) {
                return limit + 1;
            }
            int[] free = twoBefore;
            twoBefore = before;
            before = row;
            row = free;
        }
        return before[other.length()];
    }
}
