package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The arguments of a call, bound to parameters as Python binds them. The order in which a rule asks for its parameters
 * is the order of the positional ones; {@link #finish()} refuses what was not asked for, and lists what was.
 */
final class Arguments {
    private final String callable;
    private final List<PythonValue> positional;
    private final Map<String, PythonValue> keywords;
    private final List<String> parameters = new ArrayList<>();
    private int positionalParameters;
    private boolean keywordsOnly;

    Arguments(String callable, List<PythonValue> positional, Map<String, PythonValue> keywords) {
        this.callable = callable;
        this.positional = positional;
        this.keywords = new HashMap<>(keywords);
    }

    /** The name that was called. */
    String callable() {
        return callable;
    }

    /** A parameter of any value that has no bearing on the numbers, such as the model or a device. */
    void skip(String name) {
        find(name);
    }

    /** From here on, parameters can only be given by name. */
    void keywordsOnly() {
        keywordsOnly = true;
    }

    double number(String name, double otherwise) {
        return optionalNumber(name).orElse(otherwise);
    }

    double requiredNumber(String name) {
        return optionalNumber(name).orElseThrow(() -> missing(name));
    }

    /** A number, or None. */
    Optional<Double> optionalNumber(String name) {
        return find(name).map(value -> {
            if (value instanceof PythonValue.Int number) {
                return (double) number.value();
            } else if (value instanceof PythonValue.Real number) {
                return number.value();
            }
            throw wrong(name, "a number", value);
        });
    }

    long integer(String name, long otherwise) {
        return optionalInteger(name).orElse(otherwise);
    }

    /** A whole number, or None. */
    Optional<Long> optionalInteger(String name) {
        return find(name).map(value -> {
            if (value instanceof PythonValue.Int number) {
                return number.value();
            } else if (value instanceof PythonValue.Real number && number.value() == Math.rint(number.value())) {
                return (long) number.value();
            }
            throw wrong(name, "a whole number", value);
        });
    }

    /** A whole number of at least 1. */
    long interval(String name, long otherwise) {
        long value = integer(name, otherwise);
        if (value < 1) {
            throw new IllegalArgumentException(callable + ": " + name + " must be at least 1, not " + value);
        }
        return value;
    }

    boolean truth(String name, boolean otherwise) {
        return find(name)
                .map(value -> {
                    if (value instanceof PythonValue.Bool bool) {
                        return bool.value();
                    }
                    throw wrong(name, "True or False", value);
                })
                .orElse(otherwise);
    }

    /** Whether the next parameter is given at all, be it as None: for those whose default is not None. */
    boolean isGiven(String name) {
        return keywords.containsKey(name) || (!keywordsOnly && positionalParameters < positional.size());
    }

    /** A parameter that is not given, with its default. */
    Optional<String> defaultText(String name, String value) {
        skip(name);
        return Optional.of(value);
    }

    /** A parameter that is not given, with its default. */
    Optional<Double> defaultNumber(String name, double value) {
        skip(name);
        return Optional.of(value);
    }

    /** A string, or None. */
    Optional<String> optionalText(String name) {
        return find(name).map(value -> {
            if (value instanceof PythonValue.Text text) {
                return text.value();
            }
            throw wrong(name, "a string", value);
        });
    }

    /** Strings in a list, tuple or set. */
    Set<String> names(String name) {
        Set<String> names = new HashSet<>();
        for (PythonValue value : elements(name, "a list of strings").orElse(List.of())) {
            if (!(value instanceof PythonValue.Text text)) {
                throw wrong(name, "a list of strings", value);
            }
            names.add(text.value());
        }
        return names;
    }

    /** Numbers in a list or tuple, or None. */
    Optional<List<Double>> optionalNumbers(String name) {
        return elements(name, "a list of numbers")
                .map(values -> values.stream()
                        .map(value -> {
                            if (value instanceof PythonValue.Int number) {
                                return (double) number.value();
                            } else if (value instanceof PythonValue.Real number) {
                                return number.value();
                            }
                            throw wrong(name, "a list of numbers", value);
                        })
                        .toList());
    }

    /** Whatever was given, None excepted. */
    Optional<PythonValue> any(String name) {
        return find(name);
    }

    /** Refuses a value that would change what the average is, in a way that a rule cannot follow. */
    void refuse(String name, String why) {
        find(name)
                .filter(value -> !(value instanceof PythonValue.Bool bool && !bool.value()))
                .ifPresent(value -> {
                    throw new IllegalArgumentException(callable + ": " + name + " is not supported: " + why);
                });
    }

    /** All that was given by name and not asked for, taken out: a framework's own **kwargs. */
    Map<String, PythonValue> rest() {
        Map<String, PythonValue> rest = new HashMap<>(keywords);
        rest.keySet().removeAll(parameters);
        rest.keySet().forEach(keywords::remove);
        return rest;
    }

    /** Refuses everything that no parameter took. */
    void finish() {
        if (positional.size() > positionalParameters) {
            throw new IllegalArgumentException(
                    callable + " takes " + positionalParameters + " arguments without a name, not " + positional.size()
                            + "; its arguments are " + String.join(", ", parameters));
        }
        for (String name : keywords.keySet()) {
            if (!parameters.contains(name)) {
                throw new IllegalArgumentException(callable + " has no argument '" + name + "'; its arguments are "
                        + String.join(", ", parameters));
            }
        }
    }

    IllegalArgumentException missing(String name) {
        return new IllegalArgumentException(callable + " needs the argument '" + name + "'");
    }

    IllegalArgumentException wrong(String name, String expected, PythonValue value) {
        return new IllegalArgumentException(callable + ": " + name + " must be " + expected + ", not " + value);
    }

    private Optional<PythonValue> find(String name) {
        int index = keywordsOnly ? Integer.MAX_VALUE : positionalParameters++;
        parameters.add(name);
        PythonValue byName = keywords.get(name);
        PythonValue value = byName;
        if (index < positional.size()) {
            if (byName != null) {
                throw new IllegalArgumentException(callable + ": the argument '" + name + "' is given twice");
            }
            value = positional.get(index);
        }
        return value == null || value instanceof PythonValue.None ? Optional.empty() : Optional.of(value);
    }

    private Optional<List<PythonValue>> elements(String name, String expected) {
        return find(name).map(value -> {
            if (value instanceof PythonValue.Sequence sequence) {
                return sequence.values();
            } else if (value instanceof PythonValue.Call call
                    && call.function() instanceof PythonValue.Name function
                    && function.name().equals("set")
                    && call.positional().isEmpty()) {
                return List.of();
            }
            throw wrong(name, expected, value);
        });
    }
}
