package dev.polyak.frameworks.python;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Python expression, with its arithmetic done. */
public sealed interface PythonValue {

    /** {@code None}. */
    record None() implements PythonValue {
        @Override
        public String toString() {
            return "None";
        }
    }

    /**
     * {@code True} or {@code False}.
     *
     * @param value the truth
     */
    record Bool(boolean value) implements PythonValue {
        @Override
        public String toString() {
            return value ? "True" : "False";
        }
    }

    /**
     * An integer.
     *
     * @param value the number
     */
    record Int(long value) implements PythonValue {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /**
     * A float.
     *
     * @param value the number
     */
    record Real(double value) implements PythonValue {
        @Override
        public String toString() {
            if (Double.isInfinite(value)) {
                return value > 0 ? "float('inf')" : "float('-inf')";
            }
            return Double.toString(value);
        }
    }

    /**
     * A string.
     *
     * @param value its characters
     */
    record Text(String value) implements PythonValue {
        @Override
        public String toString() {
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
        }
    }

    /**
     * A list, tuple or set.
     *
     * @param values its elements, in the order written
     */
    record Sequence(List<PythonValue> values) implements PythonValue {
        /**
         * A list of strings.
         *
         * @param texts their characters
         * @return the list
         */
        public static Sequence of(Collection<String> texts) {
            return new Sequence(texts.stream().<PythonValue>map(Text::new).toList());
        }

        @Override
        public String toString() {
            return values.stream().map(PythonValue::toString).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /**
     * A name, or an attribute of one, such as {@code model} or {@code torch.float16}.
     *
     * @param name the dotted name
     */
    record Name(String name) implements PythonValue {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * A call.
     *
     * @param function what is called: a {@link Name} or a {@link Method}
     * @param positional the arguments without a name
     * @param keywords the arguments with one, in order
     */
    record Call(PythonValue function, List<PythonValue> positional, Map<String, PythonValue> keywords)
            implements PythonValue {
        @Override
        public String toString() {
            return Stream.concat(
                            positional.stream().map(PythonValue::toString),
                            keywords.entrySet().stream().map(keyword -> keyword.getKey() + "=" + keyword.getValue()))
                    .collect(Collectors.joining(", ", function + "(", ")"));
        }
    }

    /**
     * An attribute of what is not a name, such as {@code .update} in {@code ModelEmaV3(model).update}.
     *
     * @param target whose attribute
     * @param name the attribute
     */
    record Method(PythonValue target, String name) implements PythonValue {
        @Override
        public String toString() {
            return target + "." + name;
        }
    }
}
