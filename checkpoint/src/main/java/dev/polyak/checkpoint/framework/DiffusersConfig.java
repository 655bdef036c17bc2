package dev.polyak.checkpoint.framework;

import static dev.polyak.checkpoint.internal.Text.quote;
import static dev.polyak.checkpoint.internal.Text.reason;

import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.framework.scheme.Entries;
import dev.polyak.checkpoint.framework.scheme.SchemeException;
import dev.polyak.checkpoint.framework.scheme.StateBuilder;
import dev.polyak.checkpoint.framework.scheme.StateScheme;
import dev.polyak.checkpoint.internal.Text;
import dev.polyak.checkpoint.internal.safetensors.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The {@code config.json} of a diffusers folder: a JSON object with the model's own configuration, among which the
 * average's arguments are. Only these are read and written; the others stay as they are.
 */
final class DiffusersConfig {
    private static final List<String> COUNTS = List.of("optimization_step", "update_after_step");
    private static final List<String> NUMBERS = List.of("decay", "min_decay", "inv_gamma", "power");
    private static final List<String> FLAGS = List.of("use_ema_warmup");
    private static final Set<String> ARGUMENTS =
            Stream.of(COUNTS, NUMBERS, FLAGS).flatMap(List::stream).collect(Collectors.toUnmodifiableSet());

    private final Path file;

    DiffusersConfig(Path file) {
        this.file = file;
    }

    /**
     * Reads the average's arguments.
     *
     * @param to takes them, under their names after {@link StateScheme#DIFFUSERS_CONFIG}
     * @throws CheckpointException if the file cannot be read, or an argument is not of its type
     */
    void read(StateBuilder to) throws CheckpointException {
        parse((json, name) -> {
            String key = StateScheme.DIFFUSERS_CONFIG + name;
            if (COUNTS.contains(name)) {
                to.integer(key, integer(json, name));
            } else if (NUMBERS.contains(name)) {
                to.number(key, number(json, name));
            } else if (FLAGS.contains(name)) {
                to.flag(key, truth(json, name));
            } else {
                json.skipChildren();
            }
        });
    }

    /**
     * The file with other arguments.
     *
     * @param arguments the arguments, under their own names
     * @return its bytes, with everything else that the file has now, if it is there
     * @throws CheckpointException if the file is there and cannot be read
     * @throws SchemeException if an argument is not of its type
     */
    ByteBuffer with(Entries arguments) throws CheckpointException, SchemeException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = Json.generator(text)) {
            out.writeStartObject();
            if (Files.exists(file)) {
                parse((json, name) -> {
                    if (ARGUMENTS.contains(name)) {
                        json.skipChildren();
                    } else {
                        out.writeName(name);
                        out.copyCurrentStructure(json);
                    }
                });
            }
            for (String name : COUNTS) {
                out.writeNumberProperty(name, arguments.count(name).orElseThrow());
            }
            for (String name : NUMBERS) {
                out.writeNumberProperty(name, arguments.number(name).orElseThrow());
            }
            for (String name : FLAGS) {
                out.writeBooleanProperty(name, arguments.flag(name).orElseThrow());
            }
            out.writeEndObject();
        }
        return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Does something with the value of each entry, which is the parser's current token. */
    private interface EntryReader {
        void read(JsonParser json, String name) throws CheckpointException;
    }

    private void parse(EntryReader reader) throws CheckpointException {
        try (InputStream in = Files.newInputStream(file);
                JsonParser json = Json.parser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw Text.damaged(quote(file) + " is not a JSON object");
            }
            Set<String> names = new HashSet<>();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                if (!names.add(name)) {
                    throw Text.damaged(quote(file) + " has two entries for " + quote(name));
                }
                json.nextToken();
                reader.read(json, name);
            }
        } catch (CheckpointException e) {
            throw e;
        } catch (JacksonException e) {
            throw Json.failure(quote(file), e);
        } catch (IOException e) {
            throw new CheckpointException(
                    quote(file) + " cannot be read: " + reason(e) + "; check the path and its permissions", e);
        }
    }

    private long integer(JsonParser json, String name) throws CheckpointException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrong(name, "a whole number");
        }
        return json.getLongValue();
    }

    private double number(JsonParser json, String name) throws CheckpointException {
        if (!json.currentToken().isNumeric()) {
            throw wrong(name, "a number");
        }
        return json.getDoubleValue();
    }

    private boolean truth(JsonParser json, String name) throws CheckpointException {
        if (!json.currentToken().isBoolean()) {
            throw wrong(name, "true or false");
        }
        return json.currentToken() == JsonToken.VALUE_TRUE;
    }

    private CheckpointException wrong(String name, String wanted) {
        return new CheckpointException("the entry " + quote(name) + " of " + quote(file) + " is not " + wanted
                + "; correct it, or save the folder again");
    }
}
