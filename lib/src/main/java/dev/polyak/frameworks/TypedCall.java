package dev.polyak.frameworks;

import static java.util.Objects.requireNonNull;

import dev.polyak.frameworks.python.PythonValue;

/**
 * A framework's call whose arguments are methods, named as in Python but in Java's spelling: {@code useWarmup(true)}
 * for {@code use_warmup=True}. What is not given has the framework's default. Immutable: each method returns another
 * call.
 *
 * @param <C> the call's own type
 * @see Rules.Builder
 */
public abstract class TypedCall<C extends TypedCall<C>> {
    private final Rules.Builder call;

    TypedCall(Rules.Builder call) {
        this.call = call;
    }

    /** The same kind of call with other arguments. */
    abstract C of(Rules.Builder arguments);

    final C with(String argument, double value) {
        return of(call.with(argument, value));
    }

    final C with(String argument, long value) {
        return of(call.with(argument, value));
    }

    final C with(String argument, boolean value) {
        return of(call.with(argument, value));
    }

    final C with(String argument, PythonValue value) {
        return of(call.with(argument, value));
    }

    /**
     * Says what the rule has to know beyond its arguments.
     *
     * @param known about the training
     * @return the call with it
     */
    public final C in(TrainingFacts known) {
        requireNonNull(known, "known");
        return of(call.in(known));
    }

    /**
     * The rule.
     *
     * @return the rule, or the rules if the call makes several averages
     * @throws IllegalArgumentException if the framework would refuse an argument
     */
    public final FrameworkAverages build() {
        return call.build();
    }

    /** The call in Python, which {@link Rules#parse} reads. */
    @Override
    public final String toString() {
        return call.toString();
    }
}
