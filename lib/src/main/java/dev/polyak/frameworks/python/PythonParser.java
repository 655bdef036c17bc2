package dev.polyak.frameworks.python;

import dev.polyak.frameworks.python.PythonValue.Bool;
import dev.polyak.frameworks.python.PythonValue.Call;
import dev.polyak.frameworks.python.PythonValue.Int;
import dev.polyak.frameworks.python.PythonValue.Method;
import dev.polyak.frameworks.python.PythonValue.Name;
import dev.polyak.frameworks.python.PythonValue.None;
import dev.polyak.frameworks.python.PythonValue.Real;
import dev.polyak.frameworks.python.PythonValue.Sequence;
import dev.polyak.frameworks.python.PythonValue.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads a statement such as {@code ema = ModelEmaV3(model, decay=1 - 1e-4)} or {@code EMA(decay=0.9);
 * zero_debias=False}: calls, attributes, numbers with their arithmetic, strings, lists, names.
 */
public final class PythonParser {
    /** Deeper nesting is not a training script. */
    private static final int DEEPEST = 50;

    private final PythonTokens tokens;
    private int depth;

    private PythonParser(String text) {
        tokens = new PythonTokens(text);
    }

    /**
     * Reads a statement.
     *
     * @param text the text, as it stands in a script
     * @return the expression; what follows it as {@code ; name=value} is among the keywords of its outermost
     *     constructor
     * @throws IllegalArgumentException if the text is something else; the message says where
     */
    public static PythonValue parse(String text) {
        return new PythonParser(text).statement();
    }

    private PythonValue statement() {
        PythonValue value = expression();
        if (value instanceof Name && tokens.take("=")) {
            value = expression();
        }
        Map<String, PythonValue> further = new LinkedHashMap<>();
        while (tokens.take(";")) {
            if (tokens.atEnd()) {
                break;
            }
            String name = tokens.name();
            tokens.expect("=");
            further.put(name, expression());
        }
        if (!tokens.atEnd()) {
            throw tokens.wrong("the end, or ; and a further argument");
        }
        return further.isEmpty() ? value : with(value, further);
    }

    private PythonValue with(PythonValue value, Map<String, PythonValue> further) {
        if (value instanceof Call call) {
            if (call.function() instanceof Method method && method.target() instanceof Call) {
                return new Call(
                        new Method(with(method.target(), further), method.name()), call.positional(), call.keywords());
            }
            Map<String, PythonValue> keywords = new LinkedHashMap<>(call.keywords());
            further.forEach((name, argument) -> put(keywords, name, argument));
            return new Call(call.function(), call.positional(), keywords);
        }
        throw tokens.wrong("a call before the first ;");
    }

    private PythonValue expression() {
        if (++depth > DEEPEST) {
            throw tokens.wrong("fewer brackets within brackets");
        }
        PythonValue value = sum();
        depth--;
        return value;
    }

    private PythonValue sum() {
        PythonValue value = product();
        while (true) {
            if (tokens.take("+")) {
                value = compute("+", value, product());
            } else if (tokens.take("-")) {
                value = compute("-", value, product());
            } else {
                return value;
            }
        }
    }

    private PythonValue product() {
        PythonValue value = signed();
        while (true) {
            if (tokens.take("*")) {
                value = compute("*", value, signed());
            } else if (tokens.take("//")) {
                value = compute("//", value, signed());
            } else if (tokens.take("/")) {
                value = compute("/", value, signed());
            } else {
                return value;
            }
        }
    }

    private PythonValue signed() {
        boolean negative = false;
        while (true) {
            if (tokens.take("-")) {
                negative = !negative;
            } else if (!tokens.take("+")) {
                break;
            }
        }
        return negative ? compute("-", new Int(0), power()) : power();
    }

    private PythonValue power() {
        PythonValue value = postfix();
        if (!tokens.take("**")) {
            return value;
        }
        if (++depth > DEEPEST) {
            throw tokens.wrong("fewer powers of powers");
        }
        PythonValue result = compute("**", value, signed());
        depth--;
        return result;
    }

    private PythonValue postfix() {
        PythonValue value = primary();
        while (true) {
            if (tokens.take(".")) {
                String name = tokens.name();
                value = value instanceof Name target ? new Name(target.name() + "." + name) : new Method(value, name);
            } else if (tokens.take("(")) {
                value = call(value);
            } else {
                return value;
            }
        }
    }

    private PythonValue primary() {
        if (tokens.take("(")) {
            List<PythonValue> values = new ArrayList<>();
            boolean tuple = elements(")", values);
            return values.size() == 1 && !tuple ? values.get(0) : new Sequence(values);
        }
        if (tokens.take("[")) {
            List<PythonValue> values = new ArrayList<>();
            elements("]", values);
            return new Sequence(values);
        }
        if (tokens.take("{")) {
            List<PythonValue> values = new ArrayList<>();
            elements("}", values);
            return new Sequence(values);
        }
        if (tokens.atText()) {
            return new Text(tokens.text());
        }
        if (tokens.atNumber()) {
            return tokens.number();
        }
        String name = tokens.name();
        return switch (name) {
            case "None" -> new None();
            case "True" -> new Bool(true);
            case "False" -> new Bool(false);
            case "lambda" ->
                throw new IllegalArgumentException(
                        "a lambda cannot be read: nothing of the text is executed; name one of the known functions instead");
            default -> new Name(name);
        };
    }

    /** Reads up to the closing bracket; tells whether there was a comma. */
    private boolean elements(String end, List<PythonValue> values) {
        boolean comma = false;
        while (!tokens.take(end)) {
            values.add(expression());
            if (!tokens.take(",")) {
                tokens.expect(end);
                return comma;
            }
            comma = true;
        }
        return comma;
    }

    private PythonValue call(PythonValue function) {
        List<PythonValue> positional = new ArrayList<>();
        Map<String, PythonValue> keywords = new LinkedHashMap<>();
        while (!tokens.take(")")) {
            PythonValue value = expression();
            if (value instanceof Name name && tokens.take("=")) {
                put(keywords, name.name(), expression());
            } else if (keywords.isEmpty()) {
                positional.add(value);
            } else {
                throw tokens.wrong("no argument without a name after one with a name");
            }
            if (!tokens.take(",")) {
                tokens.expect(")");
                break;
            }
        }
        if (function instanceof Name name && name.name().equals("float") && positional.size() == 1) {
            return asFloat(positional.get(0));
        }
        return new Call(function, positional, keywords);
    }

    private PythonValue asFloat(PythonValue value) {
        if (value instanceof Int number) {
            return new Real((double) number.value());
        } else if (value instanceof Real) {
            return value;
        } else if (value instanceof Text text) {
            return new Real(
                    switch (text.value().strip().toLowerCase(Locale.ROOT)) {
                        case "inf", "+inf", "infinity" -> Double.POSITIVE_INFINITY;
                        case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
                        default -> parsed(text.value());
                    });
        }
        throw tokens.wrong("a number within float()");
    }

    private double parsed(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw (IllegalArgumentException)
                    tokens.wrong("a number within float()").initCause(e);
        }
    }

    private void put(Map<String, PythonValue> keywords, String name, PythonValue value) {
        if (keywords.put(name, value) != null) {
            throw new IllegalArgumentException("the argument '" + name + "' is given twice");
        }
    }

    private PythonValue compute(String operator, PythonValue left, PythonValue right) {
        if (left instanceof Int a && right instanceof Int b && !operator.equals("/")) {
            try {
                return whole(operator, a.value(), b.value());
            } catch (ArithmeticException e) {
                throw (IllegalArgumentException)
                        tokens.wrong("a number that 64 bits can hold").initCause(e);
            }
        }
        double a = number(left);
        double b = number(right);
        if (b == 0 && operator.startsWith("/")) {
            throw tokens.wrong("no division by zero");
        }
        return new Real(
                switch (operator) {
                    case "+" -> a + b;
                    case "-" -> a - b;
                    case "*" -> a * b;
                    case "/" -> a / b;
                    case "//" -> Math.floor(a / b);
                    default -> StrictMath.pow(a, b);
                });
    }

    /** Whole numbers stay whole in Python, but for division and negative powers. */
    private static PythonValue whole(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> new Int(Math.addExact(a, b));
            case "-" -> new Int(Math.subtractExact(a, b));
            case "*" -> new Int(Math.multiplyExact(a, b));
            case "//" -> new Int(Math.floorDiv(a, b));
            default -> {
                double power = StrictMath.pow((double) a, (double) b);
                // Beyond 2^53 the power would lose digits here.
                yield b >= 0 && Math.abs(power) < 0x1p53 ? new Int((long) power) : new Real(power);
            }
        };
    }

    private double number(PythonValue value) {
        if (value instanceof Int number) {
            return (double) number.value();
        } else if (value instanceof Real real) {
            return real.value();
        }
        throw tokens.wrong("numbers on both sides of an operator");
    }
}
