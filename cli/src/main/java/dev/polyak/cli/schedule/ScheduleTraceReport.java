package dev.polyak.cli.schedule;

import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Table;
import dev.polyak.cli.console.Text;
import java.io.PrintWriter;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What is told of an average.
 *
 * @param course what its rule does
 */
record ScheduleTraceReport(ScheduleTrace course) {

    /** Prints it for people, every step or some of many. */
    void print(PrintWriter out, boolean everyStep) {
        if (!course.suffix().isEmpty()) {
            out.println(course.suffix() + ":");
        }
        int[] rows = everyStep ? Excerpt.all(course.steps()) : Excerpt.of(course.steps());
        double[] shares = course.shares();
        new Table()
                .numbers("step", i -> Text.count(rows[i]))
                .words("average", i -> rows[i] == 0 ? "begin" : course.action(rows[i]))
                .words("weight", i -> rows[i] == 0 ? "" : number(course.weight(rows[i])))
                .words("share", i -> number(shares[rows[i]]))
                .print(out, "  ", rows.length);
        out.println("half-life " + halfLife() + ", effective window "
                + Text.rounded(course.effectiveWindow()) + " states"
                + (rows.length > course.steps() ? "" : "; --all shows every step"));
    }

    /** Writes it for programs. */
    void write(Json json) {
        json.numbersOrNothing("weights", course.weights());
        OptionalDouble halfLife = course.halfLife();
        if (halfLife.isPresent()) {
            json.member("half_life", halfLife.getAsDouble());
        } else {
            json.nothing("half_life");
        }
        json.member("effective_window", course.effectiveWindow());
    }

    private static String number(@Nullable Double number) {
        return number == null ? "" : String.valueOf(number.floatValue());
    }

    private String halfLife() {
        OptionalDouble halfLife = course.halfLife();
        if (halfLife.isEmpty()) {
            return "none (nothing is updated)";
        }
        return Double.isInfinite(halfLife.getAsDouble())
                ? "endless (the last weight is 0)"
                : Text.rounded(halfLife.getAsDouble()) + " steps";
    }
}
