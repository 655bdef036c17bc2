package dev.polyak.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the test resources. */
public final class TestData {
    private TestData() {}

    /** A file or folder of the test resources on the class path, by its path from their root. */
    public static Path path(String resource) {
        URL place = ClassLoader.getSystemResource(resource);
        if (place == null) {
            throw new AssertionError("the test resources have no " + resource);
        }
        try {
            return Path.of(place.toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** What a file of JSON says. */
    public static JsonValue json(Path file) {
        try {
            return JsonValue.parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
