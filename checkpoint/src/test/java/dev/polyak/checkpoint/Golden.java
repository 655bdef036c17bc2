package dev.polyak.checkpoint;

import dev.polyak.testkit.TestData;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The files of safetensors-format, with what their index says of them. */
record Golden(String name, Path path, Map<String, Object> description) {

    static Stream<Golden> files() {
        Path folder = TestData.path("safetensors-format");
        return TestData.json(folder.resolve("index.json")).list().stream().map(entry -> {
            Map<String, Object> description = object(entry);
            String name = (String) description.get("file");
            return new Golden(name, folder.resolve(name), description);
        });
    }

    long number(String key) {
        return ((Number) description.get(key)).longValue();
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
}
