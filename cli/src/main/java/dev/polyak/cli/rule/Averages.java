package dev.polyak.cli.rule;

import dev.polyak.frameworks.FrameworkAverages;
import dev.polyak.frameworks.FrameworkRule;
import dev.polyak.frameworks.Synthesis;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * The averages that a command line asks for: one, unless a framework's call makes several.
 *
 * @param rules how each is made
 * @param suffixes what tells them apart in file names
 * @param dtype the type in which the framework keeps them; empty if it is the model's
 * @param synthesis the average that is made of them instead
 */
public record Averages(
        List<? extends AverageRule> rules,
        List<String> suffixes,
        Optional<DType> dtype,
        Optional<Synthesis> synthesis) {

    static Averages of(ScheduledRule rule) {
        return new Averages(List.of(rule), List.of(""), Optional.empty(), Optional.empty());
    }

    /**
     * The rules, where they are a framework's.
     *
     * @return as many as there are rules, or none
     */
    public List<FrameworkRule> frameworkRules() {
        return rules.stream()
                .filter(FrameworkRule.class::isInstance)
                .map(FrameworkRule.class::cast)
                .toList();
    }

    static Averages of(FrameworkAverages averages) {
        return new Averages(averages.rules(), averages.suffixes(), averages.dtype(), averages.synthesis());
    }
}
