package dev.polyak.checkpoint;

import dev.polyak.checkpoint.internal.Text;
import dev.polyak.checkpoint.internal.safetensors.Json;
import dev.polyak.rule.Treatment;
import dev.polyak.rule.TreatmentOverrides;
import dev.polyak.tensor.NamePattern;
import dev.polyak.tensor.Role;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The choices of {@link TreatmentOverrides} as a string of a file's metadata, and back: a JSON array of triples such as
 * {@code ["role","buffer","average"]}, {@code ["name","head.*","freeze"]} and {@code ["name","*.amax","refuse"]}.
 */
final class SavedOverrides {
    private static final String ROLE = "role";
    private static final String NAME = "name";
    private static final String REFUSE = "refuse";

    private SavedOverrides() {}

    static String write(List<TreatmentOverrides.Choice> choices) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            json.writeStartArray();
            for (TreatmentOverrides.Choice choice : choices) {
                json.writeStartArray();
                json.writeString(choice.name().isPresent() ? NAME : ROLE);
                json.writeString(choice.name()
                        .map(NamePattern::glob)
                        .orElseGet(() -> label(choice.role().orElseThrow())));
                json.writeString(choice.treatment().map(SavedOverrides::label).orElse(REFUSE));
                json.writeEndArray();
            }
            json.writeEndArray();
        }
        return text.toString();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param what what the text is, for messages
     */
    static List<TreatmentOverrides.Choice> read(String text, String what) throws CheckpointException {
        List<TreatmentOverrides.Choice> choices = new ArrayList<>();
        try (JsonParser json = Json.parser(text)) {
            boolean good = json.nextToken() == JsonToken.START_ARRAY;
            while (good && json.nextToken() == JsonToken.START_ARRAY) {
                String kind = string(json);
                String which = string(json);
                choices.add(choice(kind, which, string(json)));
                good = json.nextToken() == JsonToken.END_ARRAY;
            }
            if (!good || json.currentToken() != JsonToken.END_ARRAY || json.nextToken() != null) {
                throw new IllegalArgumentException("it is not an array of triples");
            }
            return choices;
        } catch (JacksonException e) {
            throw Json.failure(what, e);
        } catch (IllegalArgumentException e) {
            throw Text.damaged(what + " are not the treatments of tensors", e);
        }
    }

    private static String string(JsonParser json) {
        if (json.nextToken() != JsonToken.VALUE_STRING) {
            throw new IllegalArgumentException("it is not an array of triples");
        }
        return json.getString();
    }

    private static TreatmentOverrides.Choice choice(String kind, String which, String treatment) {
        return new TreatmentOverrides.Choice(
                kind.equals(ROLE) ? Optional.of(Role.valueOf(constant(which))) : Optional.empty(),
                kind.equals(NAME) ? Optional.of(new NamePattern(which)) : Optional.empty(),
                treatment.equals(REFUSE) ? Optional.empty() : Optional.of(Treatment.valueOf(constant(treatment))));
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String constant(String label) {
        return label.toUpperCase(Locale.ROOT);
    }
}
