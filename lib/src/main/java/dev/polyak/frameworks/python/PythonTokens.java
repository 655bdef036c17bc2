package dev.polyak.frameworks.python;

import dev.polyak.frameworks.python.PythonValue.Int;
import dev.polyak.frameworks.python.PythonValue.Real;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The words of a Python statement, one after the other. */
final class PythonTokens {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");
    private static final Pattern NUMBER = Pattern.compile("(?:[0-9][0-9_]*)?\\.?[0-9][0-9_]*\\.?(?:[eE][+-]?[0-9]+)?");
    /** The operators that begin with another one. */
    private static final String[] LONG_OPERATORS = {"**", "//"};

    private final String text;
    private int position;

    PythonTokens(String text) {
        this.text = text;
        skipSpace();
    }

    boolean atEnd() {
        return position == text.length();
    }

    /** Takes an operator or a bracket, if it comes next. */
    boolean take(String operator) {
        if (!text.startsWith(operator, position)) {
            return false;
        }
        for (String longer : LONG_OPERATORS) {
            if (longer.length() > operator.length()
                    && longer.startsWith(operator)
                    && text.startsWith(longer, position)) {
                return false;
            }
        }
        position += operator.length();
        skipSpace();
        return true;
    }

    void expect(String operator) {
        if (!take(operator)) {
            throw wrong("'" + operator + "'");
        }
    }

    String name() {
        String name = match(NAME);
        if (name == null) {
            throw wrong("a value");
        }
        return name;
    }

    boolean atNumber() {
        return isDigit(position) || (!atEnd() && text.charAt(position) == '.' && isDigit(position + 1));
    }

    private boolean isDigit(int at) {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    PythonValue number() {
        String digits = match(NUMBER);
        if (digits == null) {
            throw wrong("a number");
        }
        digits = digits.replace("_", "");
        try {
            return digits.matches("[0-9]+") ? new Int(Long.parseLong(digits)) : new Real(Double.parseDouble(digits));
        } catch (NumberFormatException e) {
            throw (IllegalArgumentException)
                    wrong("a number that 64 bits can hold, not " + digits).initCause(e);
        }
    }

    boolean atText() {
        return !atEnd() && (text.charAt(position) == '\'' || text.charAt(position) == '"');
    }

    String text() {
        char quote = text.charAt(position);
        StringBuilder characters = new StringBuilder();
        for (int i = position + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote) {
                position = i + 1;
                skipSpace();
                return characters.toString();
            }
            if (c == '\\' && i + 1 < text.length()) {
                c = text.charAt(++i);
            }
            characters.append(c);
        }
        throw wrong("the closing quote of the string that begins here");
    }

    IllegalArgumentException wrong(String expected) {
        String rest = text.substring(position);
        String here = rest.isEmpty() ? "at its end" : "before «" + rest.substring(0, Math.min(20, rest.length())) + "»";
        return new IllegalArgumentException("cannot read «" + text + "»: expected " + expected + " " + here);
    }

    private @Nullable String match(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(position, text.length());
        if (!matcher.lookingAt()) {
            return null;
        }
        position = matcher.end();
        String found = matcher.group();
        skipSpace();
        return found;
    }

    /** Passes spaces, line ends and comments. */
    private void skipSpace() {
        boolean comment = false;
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '\n') {
                comment = false;
            } else if (c == '#') {
                comment = true;
            } else if (!comment && !Character.isWhitespace(c) && !isContinuation()) {
                return;
            }
            position++;
        }
    }

    private boolean isContinuation() {
        return text.charAt(position) == '\\' && position + 1 < text.length() && text.charAt(position + 1) == '\n';
    }
}
