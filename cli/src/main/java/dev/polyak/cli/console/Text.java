package dev.polyak.cli.console;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** How names and numbers are written for people. The same on every machine, whatever its language. */
public final class Text {
    private static final int NAMED = 5;
    private static final int BRIEF = 100;
    private static final int DIGITS = 3;
    private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};

    private Text() {}

    /**
     * A count with separators, such as {@code 1,234,567}.
     *
     * @param count a number, not negative
     * @return its digits in groups of three
     */
    public static String count(long count) {
        StringBuilder digits =
                new StringBuilder(Long.toString(count)); // String.format would load locales first, which takes a while
        for (int i = digits.length() - 3; i > 0; i -= 3) {
            digits.insert(i, ',');
        }
        return digits.toString();
    }

    /**
     * A count of things.
     *
     * @param count how many
     * @param thing the word for one, to which an s is added for several
     * @return such as {@code 1 file} or {@code 1,234 files}
     */
    public static String count(long count, String thing) {
        return count(count) + " " + thing + (count == 1 ? "" : "s");
    }

    /**
     * A number of bytes in a unit that suits it, such as {@code 4.2 GB}. Units are powers of 1000.
     *
     * @param bytes a number
     * @return two or three digits and a unit
     */
    public static String bytes(long bytes) {
        if (bytes < 1000) {
            return count(bytes, "byte");
        }
        double value = bytes / 1000.0;
        int unit = 0;
        while (value >= 999.5) {
            value /= 1000;
            unit++;
        }
        String number =
                value < 99.95 ? String.valueOf(Math.round(value * 10) / 10.0) : String.valueOf(Math.round(value));
        return number + " " + UNITS[unit];
    }

    /**
     * A duration.
     *
     * @param seconds a number
     * @return the number in hundredths, and its unit
     */
    public static String seconds(double seconds) {
        return Math.round(seconds * 100) / 100.0 + " s";
    }

    /**
     * A number that is read, not computed with.
     *
     * @param number any number
     * @return three digits or more, such as {@code 0.00123}, {@code 6.58} or {@code 12,345}
     */
    public static String rounded(double number) {
        double size = Math.abs(number);
        if (size >= 100 && size < 1e15) {
            return (number < 0 ? "-" : "") + count(Math.round(size));
        }
        return size == 0 || !Double.isFinite(number)
                ? String.valueOf(number)
                : String.valueOf(
                        new BigDecimal(number).round(new MathContext(DIGITS)).doubleValue());
    }

    /**
     * A name on one line: names come from files, and a control character in one could move a terminal's cursor.
     *
     * @param name any text
     * @return the text with control characters and halves of surrogate pairs written as escapes
     */
    public static String printable(String name) {
        if (name.codePoints().allMatch(Text::isPrintable)) {
            return name;
        }
        StringBuilder text = new StringBuilder();
        name.codePoints().forEach(c -> {
            if (isPrintable(c)) {
                text.appendCodePoint(c);
            } else {
                text.append(String.format(Locale.ROOT, "\\u%04x", c));
            }
        });
        return text.toString();
    }

    /**
     * The beginning of a text that may be long.
     *
     * @param text any text
     * @return the text, printable, cut after a line's worth of characters
     */
    public static String brief(String text) {
        int length = text.codePointCount(0, text.length());
        return length <= BRIEF
                ? printable(text)
                : printable(text.substring(0, text.offsetByCodePoints(0, BRIEF))) + "... (" + count(length, "character")
                        + ")";
    }

    /**
     * A name in quotes.
     *
     * @param name a file's or a tensor's name
     * @return the name, printable, in single quotes
     */
    public static String quoted(Object name) {
        return "'" + printable(name.toString()) + "'";
    }

    /**
     * The first few of many names.
     *
     * @param names any number of names
     * @return such as {@code 'a', 'b' and 7 more}
     */
    public static String some(Collection<String> names) {
        String first = names.stream().limit(NAMED).map(Text::quoted).collect(Collectors.joining(", "));
        return names.size() > NAMED ? first + " and " + (names.size() - NAMED) + " more" : first;
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            // Format characters turn the direction of writing, among others.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
