package dev.polyak.gpucheck;

import dev.polyak.gpucheck.check.Outcome;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Requirement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found of something that must hold.
 *
 * @param what in words
 * @param least what must be reached
 * @param found what was reached; nothing if it was not measured
 */
record Verdict(String what, double least, Optional<Double> found) {
    /** Holds what was found against what is required. */
    static List<Verdict> of(List<Outcome> outcomes, List<Figures> figures) {
        List<Verdict> verdicts = new ArrayList<>();
        double passed = outcomes.stream().filter(Outcome::passed).count();
        verdicts.add(new Verdict(
                "the CPU's bits: share of the checks that passed", 1, Optional.of(passed / outcomes.size())));
        for (Requirement requirement : Requirement.all()) {
            verdicts.add(new Verdict(requirement.what(), requirement.least(), requirement.found(figures)));
        }
        return verdicts;
    }

    boolean isFailed() {
        return found.isPresent() && found.get() < least;
    }

    String label() {
        if (found.isEmpty()) {
            return "NOT MEASURED";
        }
        return isFailed() ? "FAIL" : "PASS";
    }

    /** As an object for JSON. */
    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("what", what);
        members.put("least", least);
        found.ifPresent(value -> members.put("found", value));
        members.put("verdict", label());
        return members;
    }
}
