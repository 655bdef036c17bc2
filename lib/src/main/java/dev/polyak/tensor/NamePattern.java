package dev.polyak.tensor;

import static java.util.Objects.requireNonNull;

/**
 * A pattern for whole names of tensors: {@code *} stands for any characters, also for none, and {@code ?} for one.
 * Nothing else is special, and names have no folders: {@code *} matches dots and slashes.
 *
 * @param glob the pattern, such as {@code *.running_mean}
 */
public record NamePattern(String glob) {
    /**
     * Refuses nulls.
     *
     * @param glob the pattern, such as {@code *.running_mean}
     */
    public NamePattern {
        requireNonNull(glob, "glob");
    }

    /**
     * Matches a name.
     *
     * @param name a tensor's name
     * @return whether the pattern stands for the whole of it
     */
    public boolean matches(String name) {
        requireNonNull(name, "name");
        int[] pattern = glob.codePoints().toArray();
        int[] text = name.codePoints().toArray();
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length) {
            if (p < pattern.length && pattern[p] == '*') {
                star = p++;
                resume = t;
            } else if (p < pattern.length && (pattern[p] == '?' || pattern[p] == text[t])) {
                p++;
                t++;
            } else if (star >= 0) {
                // Only the last star need take one character more: what the stars before it took was enough.
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == '*') {
            p++;
        }
        return p == pattern.length;
    }

    /** The pattern as it is written. */
    @Override
    public String toString() {
        return glob;
    }
}
