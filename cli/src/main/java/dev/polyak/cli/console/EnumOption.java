package dev.polyak.cli.console;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The words that an option takes: reads them, and lists them for help and completion.
 *
 * @param <T> what the words stand for
 */
public abstract class EnumOption<T> implements ITypeConverter<T>, Iterable<String> {
    private final Map<String, T> choices = new LinkedHashMap<>();

    /**
     * A choice between values.
     *
     * @param word the word for a value
     * @param values what can be chosen, in the order of the help
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // they are read only
    protected EnumOption(Function<T, String> word, T... values) {
        Arrays.asList(values).forEach(value -> choices.put(word.apply(value), value));
    }

    @Override
    public T convert(String text) {
        T value = choices.get(text);
        if (value == null) {
            throw new TypeConversionException("'" + text + "' is none of " + String.join(", ", choices.keySet()));
        }
        return value;
    }

    @Override
    public Iterator<String> iterator() {
        return choices.keySet().iterator();
    }
}
