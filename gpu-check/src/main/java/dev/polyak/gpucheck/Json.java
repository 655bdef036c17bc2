package dev.polyak.gpucheck;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes JSON. Only what a report is made of: objects, arrays, texts, numbers and truths. */
public final class Json {
    private Json() {}

    /** A value and what is in it, indented by as many spaces. */
    public static String of(Object value, int indent) {
        String line = "\n" + " ".repeat(indent);
        if (value instanceof Map<?, ?> members) {
            return members.entrySet().stream()
                    .map(member -> line + "  " + quoted(String.valueOf(member.getKey())) + ": "
                            + of(member.getValue(), indent + 2))
                    .collect(Collectors.joining(",", "{", line + "}"));
        } else if (value instanceof Collection<?> elements) {
            return elements.stream()
                    .map(element -> line + "  " + of(element, indent + 2))
                    .collect(Collectors.joining(",", "[", line + "]"));
        } else if (value instanceof Boolean
                || (value instanceof Number number && Double.isFinite(number.doubleValue()))) {
            return value.toString();
        }
        return quoted(value.toString());
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
