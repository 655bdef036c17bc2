package dev.polyak.cli.average;

import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Table;
import dev.polyak.cli.console.Text;
import dev.polyak.frameworks.PostHoc;
import dev.polyak.frameworks.PowerFunction;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What stored averages were combined to.
 *
 * @param files the stored averages
 * @param profiles their times and profiles
 * @param wanted time and profile of the result
 * @param combination the weights
 * @param latest time of the latest snapshot
 * @param output the result; null if only the weights were wanted
 */
record PostHocReport(
        List<Path> files,
        List<PostHoc.Snapshot> profiles,
        PostHoc.Snapshot wanted,
        PostHoc.Combination combination,
        double latest,
        @Nullable Path output) {

    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (combination.isIllConditioned()) {
            warnings.add("the weights are as large as " + Text.rounded(combination.amplification())
                    + " together, so that rounding errors of the stored averages drown the result: leave out snapshots"
                    + " that hardly differ");
        }
        if (wanted.time() > latest) {
            warnings.add("time " + wanted.time() + " is after the latest snapshot, that of " + latest
                    + ": the result cannot have what came later");
        } else if (combination.isOutOfReach()) {
            warnings.add("the snapshots do not reach a profile of sigma "
                    + Text.rounded(PowerFunction.sigma(wanted.gamma())) + " at time " + wanted.time()
                    + ": the result misses " + Text.rounded(100 * combination.miss()) + " % of it");
        }
        return warnings;
    }

    void print(PrintWriter out) {
        new Table()
                .words("file", i -> Text.printable(files.get(i).toString()))
                .words(
                        "sigma",
                        i -> Text.rounded(PowerFunction.sigma(profiles.get(i).gamma())))
                .words("time", i -> String.valueOf(profiles.get(i).time()))
                .words(
                        "weight",
                        i -> isUsed(i) ? String.valueOf(combination.weights().get(i)) : "later, left out")
                .print(out, "  ", files.size());
        out.println("sigma " + Text.rounded(PowerFunction.sigma(wanted.gamma())) + " at time " + wanted.time() + ": "
                + (output == null
                        ? "the weights only; add -o OUT for the average"
                        : Text.printable(output.toString())));
    }

    void write(Json json) {
        json.numbersOrNothing("weights", combination.weights())
                .objects("snapshots", IntStream.range(0, files.size())::iterator, this::writeSnapshot)
                .member("sigma", PowerFunction.sigma(wanted.gamma()))
                .member("gamma", wanted.gamma())
                .member("time", wanted.time())
                .member("sum_before_normalisation", combination.sum())
                .member("amplification", combination.amplification())
                .member("miss", combination.miss());
        if (output == null) {
            json.nothing("output");
        } else {
            json.member("output", output.toString());
        }
        json.strings("warnings", warnings());
    }

    private void writeSnapshot(Json json, int i) {
        json.member("file", files.get(i).toString())
                .member("sigma", PowerFunction.sigma(profiles.get(i).gamma()))
                .member("gamma", profiles.get(i).gamma())
                .member("time", profiles.get(i).time())
                .member("used", isUsed(i))
                .member("weight", combination.weights().get(i));
    }

    private boolean isUsed(int i) {
        return profiles.get(i).time() <= wanted.time();
    }
}
