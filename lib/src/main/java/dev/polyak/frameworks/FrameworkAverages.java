package dev.polyak.frameworks;

import dev.polyak.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * What a framework's call makes: usually one average, several for edm2's {@code stds} and ema-pytorch's {@code gammas}.
 * Immutable. Made by {@link Rules}.
 */
public final class FrameworkAverages {
    private final String text;
    private final List<FrameworkRule> rules;
    private final List<String> suffixes;
    private final Optional<DType> dtype;
    private final Optional<Synthesis> synthesis;

    /** As many suffixes as rules, at least one. */
    FrameworkAverages(
            String text,
            List<FrameworkRule> rules,
            List<String> suffixes,
            Optional<DType> dtype,
            Optional<Synthesis> synthesis) {
        this.text = text;
        this.rules = List.copyOf(rules);
        this.suffixes = List.copyOf(suffixes);
        this.dtype = dtype;
        this.synthesis = synthesis;
    }

    /**
     * The rule of a call that makes one average.
     *
     * @return the rule
     * @throws IllegalStateException if the call makes several
     */
    public FrameworkRule rule() {
        if (rules.size() > 1) {
            throw new IllegalStateException(text + " makes " + rules.size() + " averages: take rules()");
        }
        return rules.get(0);
    }

    /**
     * A rule for each average.
     *
     * @return the rules, at least one; unmodifiable
     */
    public List<FrameworkRule> rules() {
        return rules;
    }

    /**
     * What tells the averages apart in file names, such as {@code -0.050}.
     *
     * @return as many as rules; one empty text if there is one. Unmodifiable
     */
    public List<String> suffixes() {
        return suffixes;
    }

    /**
     * The type in which the framework keeps the average.
     *
     * @return the type; empty if it is the model's
     */
    public Optional<DType> dtype() {
        return dtype;
    }

    /**
     * The average that is made of these.
     *
     * @return how; empty if these are what is wanted
     */
    public Optional<Synthesis> synthesis() {
        return synthesis;
    }

    /**
     * The call.
     *
     * @return the text, as {@link Rules#parse} reads it
     */
    @Override
    public String toString() {
        return text;
    }
}
