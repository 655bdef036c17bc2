package dev.polyak.bench;

import dev.polyak.bench.lab.JvmBackend;
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
record Comparison(String chapter, String name, List<Subject> subjects, List<Requirement> requirements) {
    /**
     * An experiment in a backend.
     *
     * @param label what sets its ways apart from those of the others; empty if it is alone
     * @param flavor the backend
     * @param spec the experiment
     */
    record Subject(String label, JvmBackend flavor, Spec spec) {
        /** What one of its ways is called. */
        String labelled(String way) {
            return label.isEmpty() ? way : way + ", " + label;
        }
    }

    /** What is asked about one experiment. */
    static Comparison of(String chapter, String name, Spec spec, Requirement... requirements) {
        return new Comparison(chapter, name, List.of(new Subject("", JvmBackend.OWN, spec)), List.of(requirements));
    }
}
