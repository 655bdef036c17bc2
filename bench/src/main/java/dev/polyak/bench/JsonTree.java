package dev.polyak.bench;

import dev.polyak.gpucheck.measure.Quartiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A file of JSON, read whole: objects, arrays, and all else as text.
 *
 * @param value a map, a list or a text
 */
record JsonTree(Object value) {
    static JsonTree read(Path file) throws IOException {
        try (JsonParser json = JsonFactory.builder().build().createParser(ObjectReadContext.empty(), file.toFile())) {
            json.nextToken();
            return new JsonTree(value(json));
        } catch (JacksonException e) {
            throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getOriginalMessage(), e);
        }
    }

    /** Whether this is an object that has a member. */
    boolean has(String name) {
        return value instanceof Map<?, ?> members && members.containsKey(name);
    }

    /** The value of a member of this object. */
    JsonTree member(String name) throws IOException {
        Object member = value instanceof Map<?, ?> members ? members.get(name) : null;
        if (member == null) {
            throw new IOException("it has no " + name);
        }
        return new JsonTree(member);
    }

    /** The members of this object. */
    Map<String, JsonTree> members() throws IOException {
        if (value instanceof Map<?, ?> members) {
            Map<String, JsonTree> all = new LinkedHashMap<>();
            members.forEach((name, member) -> all.put(name.toString(), new JsonTree(member)));
            return all;
        }
        throw new IOException("it has '" + value + "' where an object should be");
    }

    /** The elements of this array. */
    List<JsonTree> elements() throws IOException {
        if (value instanceof List<?> elements) {
            return elements.stream().map(JsonTree::new).toList();
        }
        throw new IOException("it has '" + value + "' where an array should be");
    }

    /** This text, or whatever else it is as text. */
    String text() {
        return value.toString();
    }

    /** This number. */
    double number() throws IOException {
        try {
            return Double.parseDouble(value.toString());
        } catch (NumberFormatException e) {
            throw new IOException("it has '" + value + "' where a number should be", e);
        }
    }

    /** This spread. */
    Quartiles spread() throws IOException {
        return new Quartiles(
                member("least").number(),
                member("lowerQuartile").number(),
                member("median").number(),
                member("upperQuartile").number());
    }

    private static Object value(JsonParser json) {
        if (json.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Object> members = new LinkedHashMap<>();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                json.nextToken();
                members.put(name, value(json));
            }
            return members;
        }
        if (json.currentToken() == JsonToken.START_ARRAY) {
            List<Object> elements = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                elements.add(value(json));
            }
            return elements;
        }
        return String.valueOf(json.getString());
    }
}
