package dev.polyak.cli.average;

import dev.polyak.ParameterFold;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.SavedAverage;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Inputs;
import dev.polyak.cli.console.Progress;
import dev.polyak.frameworks.PostHoc;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Combines stored averages into another one. All checks come before the first byte is read or written.
 *
 * @param snapshots the stored averages
 * @param gamma exponent of the wanted profile
 * @param at its time; null for that of the latest snapshot
 * @param folding how files are read and computed
 * @param output where the result goes; null if only the weights are wanted
 */
record PostHocJob(
        List<StoredSnapshot> snapshots,
        double gamma,
        @Nullable Double at,
        Folding folding,
        @Nullable Path output) {

    PostHocReport run(PrintWriter err) throws Failure, IOException {
        List<Path> files = snapshots.stream().map(StoredSnapshot::file).toList();
        try (Inputs inputs = Inputs.open(files, folding.bufferNames())) {
            List<PostHoc.Snapshot> profiles = new ArrayList<>();
            for (int i = 0; i < files.size(); i++) {
                profiles.add(
                        snapshots.get(i).profile(inputs.checkpoints().get(i).metadata()));
            }
            double latest =
                    profiles.stream().mapToDouble(PostHoc.Snapshot::time).max().orElseThrow();
            PostHoc.Snapshot wanted = new PostHoc.Snapshot(at == null ? latest : at, gamma);
            PostHoc.Combination combination = solve(profiles, wanted, true);
            PostHocReport report = new PostHocReport(files, profiles, wanted, combination, latest, output);
            if (output == null) {
                warn(report.warnings(), err);
            } else {
                write(output, inputs, report, err);
            }
            return report;
        }
    }

    /** {@link PostHoc#solve}, whose objections are its user's to remedy. */
    static PostHoc.Combination solve(List<PostHoc.Snapshot> profiles, PostHoc.Snapshot wanted, boolean normalised)
            throws Failure {
        try {
            return PostHoc.solve(profiles, wanted, normalised);
        } catch (IllegalArgumentException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        }
    }

    private void write(Path file, Inputs inputs, PostHocReport report, PrintWriter err) throws Failure, IOException {
        List<PostHoc.Snapshot> profiles = report.profiles();
        PostHoc.Snapshot wanted = report.wanted();
        List<Integer> used = IntStream.range(0, profiles.size())
                .filter(i -> profiles.get(i).time() <= wanted.time())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> profiles.get(i).time()))
                .toList();
        Checkpoint last = inputs.checkpoints().get(used.get(used.size() - 1));
        LinearCombination sum = new LinearCombination(
                used.stream().map(report.combination().weights()::get).toList(), treatments(last));
        OutputPlace.requireApart(file, inputs.checkpoints());
        Compatibility.requireSameTensors(inputs.checkpoints());
        Compatibility.requireAveragable(last, sum, folding);
        List<ParameterStore> sources = new ArrayList<>();
        sources.add(last.store()); // the sum begins at zero: this gives names and types only
        used.forEach(i -> sources.add(inputs.stores().get(i)));
        ParameterFold fold = folding.of(sources, sum);
        warn(report.warnings(), err);
        Map<String, String> metadata = OutputMetadata.inherited(last);
        metadata.putAll(StoredProfile.combined(wanted, used.size() + " snapshots"));
        try (Progress progress = Progress.ofBytes("posthoc", Folding.bytes(fold.layout()), err)) {
            Folding.write(fold, file, Checkpoint.metadataFor(fold.layout(), metadata), progress);
        }
    }

    /** What the stored averages average is added up; all else is the latest's. */
    private static Function<TensorSpec, Treatment> treatments(Checkpoint latest) throws IOException {
        if (!latest.metadata().containsKey("polyak.rule")) {
            return tensor -> Treatment.of(tensor, BufferPolicy.COPY, IntegerPolicy.COPY);
        }
        try (SavedAverage saved = SavedAverage.open(latest.path())) {
            AverageRule rule = saved.rule();
            return tensor -> rule.treatment(tensor) == Treatment.AVERAGE ? Treatment.AVERAGE : Treatment.COPY;
        }
    }

    private static void warn(List<String> warnings, PrintWriter err) {
        warnings.forEach(warning -> err.println("polyak: warning: " + warning));
    }
}
