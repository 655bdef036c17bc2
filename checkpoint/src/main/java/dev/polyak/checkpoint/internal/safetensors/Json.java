package dev.polyak.checkpoint.internal.safetensors;

import static dev.polyak.checkpoint.internal.Text.reason;

import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.internal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/** Streaming JSON, as strict and as plain as the reference implementation of safetensors reads and writes it. */
public final class Json {
    /** The longest header that the format allows, in bytes. */
    static final int LARGEST_HEADER = 100_000_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            // A header may consist of a single name or string.
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(LARGEST_HEADER)
                    .maxStringLength(LARGEST_HEADER)
                    .build())
            // Names of tensors hardly repeat: a table of them gains nothing, and a hostile file could fill it with
            // collisions.
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
            .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
            .build();

    private Json() {}

    /**
     * A parser that also fails where the input is not UTF-8. Jackson's own decoder lets overlong forms and surrogates
     * pass.
     */
    public static JsonParser parser(InputStream utf8) {
        return FACTORY.createParser(
                ObjectReadContext.empty(),
                new InputStreamReader(
                        utf8,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPORT)
                                .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    public static JsonParser parser(String text) {
        return FACTORY.createParser(ObjectReadContext.empty(), text);
    }

    public static JsonGenerator generator(Writer out) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), out);
    }

    /** Why a parser failed; {@code what} says of what, as in "the header of 'x'". */
    public static CheckpointException failure(String what, JacksonException e) {
        if (e.getCause() instanceof IOException cause) {
            return cause instanceof CharacterCodingException
                    ? Text.damaged(what + " is not valid UTF-8", e)
                    : new CheckpointException(what + " cannot be read: " + reason(cause) + "; try again", cause);
        }
        String where = e.getLocation() == null
                ? ""
                : " at character " + e.getLocation().getCharOffset();
        return Text.damaged(what + " cannot be parsed as JSON" + where, e);
    }

    /**
     * Whether a string can be written as UTF-8: JSON's escapes can spell half a surrogate pair, which is no character.
     */
    static boolean isUnicode(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
