package dev.polyak.bench;

import dev.polyak.bench.lab.Flavor;
import dev.polyak.bench.work.Spec;
import java.util.List;

/**
 * What is timed in turn, so that whatever else the machine does meets all of it.
 *
 * @param chapter what it belongs to
 * @param name what sets it apart in its chapter
 * @param subjects the experiments
 * @param requirements what must hold
 */
record Question(String chapter, String name, List<Subject> subjects, List<Requirement> requirements) {
    /**
     * An experiment in a backend.
     *
     * @param label what sets its ways apart from those of the others; empty if it is alone
     * @param flavor the backend
     * @param spec the experiment
     */
    record Subject(String label, Flavor flavor, Spec spec) {
        /** What one of its ways is called. */
        String labelled(String way) {
            return label.isEmpty() ? way : way + ", " + label;
        }
    }

    /** What is asked about one experiment. */
    static Question of(String chapter, String name, Spec spec, Requirement... requirements) {
        return new Question(chapter, name, List.of(new Subject("", Flavor.OWN, spec)), List.of(requirements));
    }
}
