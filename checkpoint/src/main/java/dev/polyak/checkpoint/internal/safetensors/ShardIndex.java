package dev.polyak.checkpoint.internal.safetensors;

import static dev.polyak.checkpoint.internal.Text.quote;
import static dev.polyak.checkpoint.internal.Text.reason;

import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.internal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads and writes the index of a sharded checkpoint, {@code *.safetensors.index.json}: its {@code weight_map} says for
 * every tensor in which file it is. What else it says is ignored, as other readers do.
 */
public final class ShardIndex {
    private static final String WEIGHT_MAP = "weight_map";

    private final Path index;

    private ShardIndex(Path index) {
        this.index = index;
    }

    /**
     * Reads an index.
     *
     * @param index the index
     * @return for every tensor its file, beside or below the index
     * @throws CheckpointException if the index cannot be read, is no index, or leads out of its folder
     */
    public static Map<String, Path> read(Path index) throws CheckpointException {
        try (InputStream in = Files.newInputStream(index);
                JsonParser json = Json.parser(in)) {
            return new ShardIndex(index).weightMap(json);
        } catch (CheckpointException e) {
            throw e;
        } catch (JacksonException e) {
            throw Json.failure("the index " + quote(index), e);
        } catch (IOException e) {
            throw new CheckpointException(
                    "the index " + quote(index) + " cannot be read: " + reason(e)
                            + "; check the path and its permissions",
                    e);
        }
    }

    /**
     * Writes an index, whole or not at all.
     *
     * @param index its place; an older one is replaced
     * @param fileOf for every tensor its file, in the index's folder
     * @param bytes size of all tensors, which other readers want to know
     * @throws CheckpointException if it cannot be written; what was there before is unchanged
     */
    public static void write(Path index, Map<String, Path> fileOf, long bytes) throws CheckpointException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            json.writeStartObject();
            json.writeObjectPropertyStart("metadata");
            json.writeNumberProperty("total_size", bytes);
            json.writeEndObject();
            json.writeObjectPropertyStart(WEIGHT_MAP);
            fileOf.forEach((tensor, file) -> json.writeStringProperty(tensor, String.valueOf(file.getFileName())));
            json.writeEndObject();
            json.writeEndObject();
        }
        try (AtomicFile file = new AtomicFile(index, AtomicFile.ON_DISK)) {
            file.write(ByteBuffer.wrap(text.append('\n').toString().getBytes(StandardCharsets.UTF_8)), 0);
            file.commit();
        }
    }

    private Map<String, Path> weightMap(JsonParser json) throws CheckpointException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw Text.damaged("the index " + quote(index) + " is not a JSON object");
        }
        Map<String, Path> files = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            if (!field.equals(WEIGHT_MAP)) {
                json.skipChildren();
            } else if (files == null && json.currentToken() == JsonToken.START_OBJECT) {
                files = entries(json);
            } else {
                throw Text.damaged("the index " + quote(index) + " does not have one object as its " + WEIGHT_MAP);
            }
        }
        if (files == null) {
            throw new CheckpointException(quote(index) + " is not the index of a sharded checkpoint: it has no "
                    + WEIGHT_MAP + "; name the safetensors file, its index, or the folder of both");
        }
        return files;
    }

    private Map<String, Path> entries(JsonParser json) throws CheckpointException {
        Map<String, Path> files = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String tensor = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw Text.damaged("the index " + quote(index) + " does not give a file for tensor " + quote(tensor));
            }
            if (files.put(tensor, file(tensor, json.getString())) != null) {
                throw Text.damaged("the index " + quote(index) + " has two entries for tensor " + quote(tensor));
            }
        }
        return files;
    }

    private Path file(String tensor, String name) throws CheckpointException {
        Path relative = Path.of("..");
        try {
            relative = Path.of(name).normalize();
        } catch (InvalidPathException e) {
            // No file has that name: as wrong as a name that leads elsewhere.
        }
        // A checkpoint from elsewhere must not make us read, and put into an average, files that have nothing to do
        // with it.
        if (relative.isAbsolute()
                || relative.startsWith("..")
                || relative.toString().isEmpty()) {
            throw new CheckpointException("the index " + quote(index) + " has tensor " + quote(tensor) + " in "
                    + quote(name) + ", which is no file in the folder of the index; correct the index");
        }
        return index.resolveSibling(relative);
    }
}
