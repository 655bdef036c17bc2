package dev.polyak.checkpoint.internal.safetensors;

import static dev.polyak.checkpoint.internal.Text.brief;
import static dev.polyak.checkpoint.internal.Text.quote;

import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.internal.Text;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Parses the JSON header of a safetensors file. Everything that one tensor's entry can get wrong is found here; how the
 * tensors lie beside each other in the data is the {@link HeaderReader}'s concern.
 */
final class HeaderParser {
    static final String METADATA = "__metadata__";

    private final Path file;
    private final JsonParser json;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<StoredTensor> tensors = new ArrayList<>();

    private HeaderParser(Path file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    /**
     * Parses a header.
     *
     * @param file where the header is from, for messages
     * @param utf8 the header
     * @return metadata, and the tensors in the header's order, with offsets from the beginning of the data
     * @throws CheckpointException if the header is not as the format demands, or the input cannot be read
     */
    static FileContents parse(Path file, InputStream utf8) throws CheckpointException {
        try (JsonParser json = Json.parser(utf8)) {
            HeaderParser parser = new HeaderParser(file, json);
            parser.header();
            return new FileContents(parser.metadata, parser.tensors);
        } catch (JacksonException e) {
            throw Json.failure("the header of " + quote(file), e);
        }
    }

    private void header() throws CheckpointException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw Text.damaged("the header of " + quote(file) + " is not a JSON object");
        }
        Set<String> names = new HashSet<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            if (!names.add(name)) {
                throw Text.damaged("the header of " + quote(file) + " has two entries for " + quote(name));
            }
            json.nextToken();
            if (name.equals(METADATA)) {
                metadata();
            } else {
                tensors.add(tensor(name));
            }
        }
        if (json.nextToken() != null) {
            throw Text.damaged("the header of " + quote(file) + " goes on after its JSON object");
        }
    }

    private void metadata() throws CheckpointException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw Text.damaged("the metadata of " + quote(file) + " is not a JSON object");
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw Text.damaged(
                        "the metadata of " + quote(file) + " has a value for " + quote(key) + " that is not a string");
            }
            String value = json.getString();
            if (!Json.isUnicode(value)) { // in names the parser finds that itself
                throw Text.damaged(
                        "the metadata of " + quote(file) + " has half a surrogate pair in the value for " + quote(key));
            }
            if (metadata.put(key, value) != null) {
                throw Text.damaged("the metadata of " + quote(file) + " has two values for " + quote(key));
            }
        }
    }

    private StoredTensor tensor(String name) throws CheckpointException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw damaged(name, "is not described by a JSON object");
        }
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "dtype" -> dtype = once(name, field, dtype, string(name, field));
                case "shape" -> shape = once(name, field, shape, sizes(name, field));
                case "data_offsets" -> offsets = once(name, field, offsets, sizes(name, field));
                default -> json.skipChildren(); // the reference implementation ignores what it does not know
            }
        }
        return tensor(
                name,
                required(name, "dtype", dtype),
                required(name, "shape", shape),
                required(name, "data_offsets", offsets));
    }

    private StoredTensor tensor(String name, String dtype, List<Long> shape, List<Long> offsets)
            throws CheckpointException {
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw damaged(name, "has data_offsets " + brief(offsets) + ", which are no beginning and end");
        }
        TensorSpec spec;
        try {
            spec = new TensorSpec(name, dtype(name, dtype), shape, Role.PARAMETER);
        } catch (IllegalArgumentException e) {
            throw damaged(
                    name,
                    "has shape " + brief(shape) + " of " + dtype
                            + ", which is more than memory can hold or no whole number of bytes");
        }
        long bytes = offsets.get(1) - offsets.get(0);
        if (bytes != spec.bytes()) {
            throw damaged(
                    name,
                    "has dtype " + dtype + " and shape " + brief(shape) + ", which take " + Text.bytes(spec.bytes())
                            + ", but its data_offsets " + offsets + " span " + bytes);
        }
        return new StoredTensor(spec, offsets.get(0));
    }

    private DType dtype(String name, String dtype) throws CheckpointException {
        return Arrays.stream(DType.values())
                .filter(known -> known.name().equals(dtype))
                .findFirst()
                .orElseThrow(() -> new CheckpointException(
                        "tensor " + quote(name) + " in " + quote(file) + " has the unknown dtype " + quote(dtype)
                                + "; convert it to one of " + Arrays.toString(DType.values())));
    }

    private String string(String name, String field) throws CheckpointException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw damaged(name, "has a " + field + " that is not a string");
        }
        return json.getString();
    }

    private List<Long> sizes(String name, String field) throws CheckpointException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw damaged(name, "has a " + field + " that is not an array");
        }
        List<Long> sizes = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw damaged(name, "has a " + field + " with an element that is not an integer");
            }
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0) {
                throw damaged(
                        name,
                        "has a " + field + " with the element " + quote(json.getString())
                                + ", which is negative or too large");
            }
            sizes.add(json.getLongValue());
        }
        return sizes;
    }

    private <T> T once(String name, String field, @Nullable T before, T now) throws CheckpointException {
        if (before != null) {
            throw damaged(name, "has two values for " + field);
        }
        return now;
    }

    private <T> T required(String name, String field, @Nullable T value) throws CheckpointException {
        if (value == null) {
            throw damaged(name, "has no " + field);
        }
        return value;
    }

    private CheckpointException damaged(String tensor, String what) {
        return Text.damaged("tensor " + quote(tensor) + " in " + quote(file) + " " + what);
    }
}
