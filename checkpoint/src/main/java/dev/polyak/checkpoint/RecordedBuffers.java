package dev.polyak.checkpoint;

import static dev.polyak.checkpoint.internal.Text.quote;

import dev.polyak.checkpoint.internal.Text;
import dev.polyak.checkpoint.internal.safetensors.Json;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The record of which tensors are buffers: a JSON array of their names, in a file's metadata. */
final class RecordedBuffers {
    /** The metadata's key. */
    static final String KEY = "polyak.buffers";

    private RecordedBuffers() {}

    static String record(ParameterLayout layout) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            json.writeStartArray();
            for (TensorSpec tensor : layout.tensors()) {
                if (tensor.role() == Role.BUFFER) {
                    json.writeString(tensor.name());
                }
            }
            json.writeEndArray();
        }
        return text.toString();
    }

    static Optional<Set<String>> in(Map<String, String> metadata, Path path) throws CheckpointException {
        String record = metadata.get(KEY);
        if (record == null) {
            return Optional.empty();
        }
        String what = "the metadata " + quote(KEY) + " of " + quote(path);
        try (JsonParser json = Json.parser(record)) {
            Set<String> names = new HashSet<>();
            boolean array = json.nextToken() == JsonToken.START_ARRAY;
            while (array && json.nextToken() == JsonToken.VALUE_STRING) {
                names.add(json.getString());
            }
            if (!array || json.currentToken() != JsonToken.END_ARRAY) {
                throw Text.damaged(what + " is not a JSON array of names");
            }
            return Optional.of(names);
        } catch (JacksonException e) {
            throw Json.failure(what, e);
        }
    }
}
