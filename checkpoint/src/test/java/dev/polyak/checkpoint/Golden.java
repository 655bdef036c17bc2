package dev.polyak.checkpoint;

import dev.polyak.checkpoint.internal.safetensors.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The files of safetensors-format, with what their index says of them. */
record Golden(String name, Path path, Map<String, Object> description) {

    static Stream<Golden> files() {
        try {
            Path folder =
                    Path.of(Golden.class.getResource("/safetensors-format").toURI());
            try (JsonParser json = Json.parser(Files.readString(folder.resolve("index.json")))) {
                json.nextToken();
                List<Golden> files = new ArrayList<>();
                for (Object entry : (List<?>) value(json)) {
                    Map<String, Object> description = object(entry);
                    String name = (String) description.get("file");
                    files.add(new Golden(name, folder.resolve(name), description));
                }
                return files.stream();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    long number(String key) {
        return (Long) description.get(key);
    }

    Map<String, Object> object(String key) {
        return description.get(key) == null ? Map.of() : object(description.get(key));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    @Override
    public String toString() {
        return name;
    }

    private static Object value(JsonParser json) {
        return switch (json.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String name = json.currentName();
                    json.nextToken();
                    object.put(name, value(json));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<Object> array = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(json));
                }
                yield array;
            }
            case VALUE_STRING -> json.getString();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NULL -> null;
            default -> throw new AssertionError(json.currentToken());
        };
    }
}
