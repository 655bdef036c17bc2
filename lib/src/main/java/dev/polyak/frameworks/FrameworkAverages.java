package dev.polyak.frameworks;

import dev.polyak.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * What a framework's call makes: usually one average, several for edm2's {@code stds} and ema-pytorch's {@code gammas}.
 *
 * @param text the call, as {@link Rules#parse} reads it
 * @param training what it has to know of the training
 * @param rules a rule for each average
 * @param suffixes what tells the averages apart in file names, such as {@code -0.050}; one empty text if there is one
 * @param dtype the type in which the framework keeps the average; empty if it is the model's
 * @param synthesis the average that is made of these; empty if these are what is wanted
 */
public record FrameworkAverages(
        String text,
        TrainingFacts training,
        List<FrameworkRule> rules,
        List<String> suffixes,
        Optional<DType> dtype,
        Optional<Synthesis> synthesis) {
    /**
     * Checks the components.
     *
     * @param text the call
     * @param training what it has to know of the training
     * @param rules a rule for each average
     * @param suffixes what tells the averages apart
     * @param dtype the type in which the framework keeps the average
     * @param synthesis the average that is made of these
     * @throws IllegalArgumentException if there are not as many suffixes as rules, or none
     */
    public FrameworkAverages {
        rules = List.copyOf(rules);
        suffixes = List.copyOf(suffixes);
        if (rules.isEmpty() || rules.size() != suffixes.size()) {
            throw new IllegalArgumentException(rules.size() + " rules with " + suffixes.size() + " suffixes");
        }
    }

    /**
     * The rule, where the call makes one average.
     *
     * @return the first rule
     */
    public FrameworkRule rule() {
        return rules.get(0);
    }
}
