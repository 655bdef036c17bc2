package dev.polyak.checkpoint;

/**
 * A pattern for whole names: {@code *} stands for any characters, also for none, and {@code ?} for one. Nothing else is
 * special, and names have no folders: {@code *} matches dots and slashes.
 */
final class Glob {
    private final int[] pattern;

    Glob(String pattern) {
        this.pattern = pattern.codePoints().toArray();
    }

    boolean matches(String name) {
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
}
