package dev.polyak.cli.rule;

import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rules.Synthesis;
import dev.polyak.rules.SystemAverages;
import dev.polyak.rules.SystemRule;
import dev.polyak.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * The averages that a command line asks for: one, unless a system's call makes several.
 *
 * @param rules how each is made
 * @param suffixes what tells them apart in file names
 * @param dtype the type in which the system keeps them; empty if it is the model's
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
     * The rules, where they are a system's.
     *
     * @return as many as there are rules, or none
     */
    public List<SystemRule> systemRules() {
        return rules.stream()
                .filter(SystemRule.class::isInstance)
                .map(SystemRule.class::cast)
                .toList();
    }

    static Averages of(SystemAverages averages) {
        return new Averages(averages.rules(), averages.suffixes(), averages.dtype(), averages.synthesis());
    }
}
