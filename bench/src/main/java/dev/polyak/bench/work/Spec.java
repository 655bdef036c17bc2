package dev.polyak.bench.work;

import dev.polyak.schedule.UpdateFormula;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Which experiment, in words that fit a line: {@code update types=F32 tensors=1x1024 threads=1}.
 *
 * @param kind the experiment
 * @param parameters by name; neither names nor values have spaces
 */
public record Spec(String kind, Map<String, String> parameters) {
    /** An experiment with parameters, name and value in turn. */
    public static Spec of(String kind, Object... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i].toString(), namesAndValues[i + 1].toString());
        }
        return new Spec(kind, parameters);
    }

    /** Reads what {@link #toString()} wrote. */
    static Spec parse(String line) {
        String[] words = line.split(" ", -1);
        return of(
                words[0],
                Arrays.stream(words)
                        .skip(1)
                        .flatMap(word -> Arrays.stream(word.split("=", 2)))
                        .toArray());
    }

    String text(String name) {
        return Objects.requireNonNull(parameters.get(name), () -> "'" + this + "' lacks " + name);
    }

    int number(String name) {
        return Integer.parseInt(text(name));
    }

    Pairing types() {
        return Pairing.valueOf(text("types"));
    }

    /** The order of operations: a lerp, if it is not said. */
    UpdateFormula formula() {
        return UpdateFormula.valueOf(parameters.getOrDefault("order", UpdateFormula.LERP.name()));
    }

    Tensors tensors() {
        return Tensors.parse(text("tensors"));
    }

    @Override
    public String toString() {
        return kind
                + parameters.entrySet().stream()
                        .map(parameter -> " " + parameter.getKey() + "=" + parameter.getValue())
                        .collect(Collectors.joining());
    }
}
