package dev.polyak.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A value in JSON, read strictly.
 *
 * @param value a map, a list, a string, a number, a boolean or null
 */
public record JsonValue(@Nullable Object value) {
    /** Reads a text that is one value and nothing else. */
    public static JsonValue parse(String text) {
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            json.nextToken();
            JsonValue value = new JsonValue(read(json));
            if (json.nextToken() != null) {
                throw new AssertionError("more than one value in " + text);
            }
            return value;
        }
    }

    /** The member of an object. */
    public JsonValue get(String name) {
        Map<?, ?> members = (Map<?, ?>) Objects.requireNonNull(value, "null has no members");
        if (!members.containsKey(name)) {
            throw new AssertionError("no member '" + name + "' in " + members.keySet());
        }
        return new JsonValue(members.get(name));
    }

    /** The element of an array. */
    public JsonValue get(int index) {
        return new JsonValue(list().get(index));
    }

    /** The elements of an array. */
    public List<?> list() {
        return (List<?>) Objects.requireNonNull(value, "null has no elements");
    }

    private static @Nullable Object read(JsonParser json) {
        return switch (json.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String name = json.currentName();
                    json.nextToken();
                    members.put(name, read(json));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(read(json));
                }
                yield elements;
            }
            case VALUE_STRING -> json.getString();
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> json.getNumberValue();
        };
    }
}
