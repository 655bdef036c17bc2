package dev.polyak.cli.console;

import java.io.PrintWriter;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON for programs: one object on one line. What is no number in JSON, NaN and the infinities, is written as a string.
 *
 * <p>Commands touch this class only if JSON is asked for, as loading the generator takes a while.
 */
public final class Json {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final JsonGenerator json;

    private Json(JsonGenerator json) {
        this.json = json;
    }

    /** Writes the members of an object. */
    @FunctionalInterface
    public interface Members {
        /**
         * Writes members.
         *
         * @param json to write to
         */
        void write(Json json);
    }

    /**
     * Prints one object and ends the line.
     *
     * @param out where to
     * @param members writes its members
     */
    public static void print(PrintWriter out, Members members) {
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            generator.writeStartObject();
            members.write(new Json(generator));
            generator.writeEndObject();
        }
        out.println();
    }

    /**
     * Writes a string.
     *
     * @param name of the member
     * @param value any text
     * @return this
     */
    public Json member(String name, String value) {
        json.writeStringProperty(name, value);
        return this;
    }

    /**
     * Writes a whole number.
     *
     * @param name of the member
     * @param value the number
     * @return this
     */
    public Json member(String name, long value) {
        json.writeNumberProperty(name, value);
        return this;
    }

    /**
     * Writes a whole number beyond the signed ones.
     *
     * @param name of the member
     * @param value the number, taken as unsigned
     * @return this
     */
    public Json unsigned(String name, long value) {
        json.writeNumberProperty(name, new BigInteger(Long.toUnsignedString(value)));
        return this;
    }

    /**
     * Writes a floating-point number.
     *
     * @param name of the member
     * @param value the number
     * @return this
     */
    public Json member(String name, double value) {
        json.writeNumberProperty(name, value);
        return this;
    }

    /**
     * Writes true or false.
     *
     * @param name of the member
     * @param value which
     * @return this
     */
    public Json member(String name, boolean value) {
        json.writeBooleanProperty(name, value);
        return this;
    }

    /**
     * Writes that there is no value.
     *
     * @param name of the member
     * @return this
     */
    public Json nothing(String name) {
        json.writeNullProperty(name);
        return this;
    }

    /**
     * Writes an array of strings.
     *
     * @param name of the member
     * @param values of which each is written as {@code toString()} says
     * @return this
     */
    public Json strings(String name, List<?> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(value -> json.writeString(value.toString()));
        json.writeEndArray();
        return this;
    }

    /**
     * Writes an array of whole numbers.
     *
     * @param name of the member
     * @param values the numbers
     * @return this
     */
    public Json numbers(String name, List<Long> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(json::writeNumber);
        json.writeEndArray();
        return this;
    }

    /**
     * Writes an array of floating-point numbers, of which some may be missing.
     *
     * @param name of the member
     * @param values the numbers, in full precision; null for what is missing
     * @return this
     */
    public Json numbersOrNothing(String name, List<? extends @Nullable Double> values) {
        json.writeArrayPropertyStart(name);
        for (Double value : values) {
            if (value == null) {
                json.writeNull();
            } else {
                json.writeNumber(value);
            }
        }
        json.writeEndArray();
        return this;
    }

    /**
     * Writes an object of strings.
     *
     * @param name of the member
     * @param values names and texts
     * @return this
     */
    public Json strings(String name, Map<String, String> values) {
        return object(name, members -> values.forEach(members::member));
    }

    /**
     * Writes an object.
     *
     * @param name of the member
     * @param members writes its members
     * @return this
     */
    public Json object(String name, Members members) {
        json.writeObjectPropertyStart(name);
        members.write(this);
        json.writeEndObject();
        return this;
    }

    /**
     * Writes an array of objects.
     *
     * @param <T> what each is made of
     * @param name of the member
     * @param values one for each object
     * @param members writes the members of one
     * @return this
     */
    public <T> Json objects(String name, Iterable<T> values, MembersOf<T> members) {
        json.writeArrayPropertyStart(name);
        for (T value : values) {
            json.writeStartObject();
            members.write(this, value);
            json.writeEndObject();
        }
        json.writeEndArray();
        return this;
    }

    /**
     * Writes the members of the object for a value.
     *
     * @param <T> what the object is made of
     */
    @FunctionalInterface
    public interface MembersOf<T> {
        /**
         * Writes members.
         *
         * @param json to write to
         * @param value what they are made of
         */
        void write(Json json, T value);
    }
}
