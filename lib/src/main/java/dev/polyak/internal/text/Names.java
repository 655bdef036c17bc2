package dev.polyak.internal.text;

import java.util.List;
import java.util.stream.Collectors;

/** Lists of names as people read them. */
public final class Names {
    /** How many a message names. */
    public static final int MOST = 5;

    private Names() {}

    /** The first few in quotes, and how many more there are. */
    public static String some(List<String> names) {
        if (names.isEmpty()) {
            return "none";
        }
        String few = names.stream().limit(MOST).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        return names.size() > MOST ? few + " and " + (names.size() - MOST) + " more" : few;
    }
}
