package dev.polyak.checkpoint.framework;

import static dev.polyak.checkpoint.internal.Text.quote;
import static dev.polyak.checkpoint.internal.Text.some;

import dev.polyak.AverageBuilder;
import dev.polyak.AverageCounters;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.framework.scheme.SavedState;
import dev.polyak.checkpoint.framework.scheme.StateBuilder;
import dev.polyak.checkpoint.framework.scheme.StateScheme;
import dev.polyak.checkpoint.internal.KeptTypes;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes an average of what a framework's checkpoint has, as strictly as the framework.
 *
 * @param path where it is, for messages
 * @param scheme whose it is
 * @param saved its parts
 */
record FrameworkResume(Path path, StateScheme scheme, SavedState saved) {
    private static final System.Logger LOGGER = System.getLogger("dev.polyak");

    ParameterAverage average(ParameterStore online, AverageRule rule, AverageCounters counters)
            throws CheckpointException {
        ParameterStore numbers = numbers();
        ParameterLayout held = online.layout().select(tensor -> rule.treatment(tensor) != Treatment.OMIT);
        int[] savedAs = savedAs(held, numbers.layout());
        report(held, savedAs, LayoutMatch.of(online.layout(), numbers.layout()).unused());
        KeptTypes kept = KeptTypes.of(held, numbers.layout(), i -> savedAs[i]);
        if (!kept.isPossible()) {
            throw unfit("has tensors in " + kept.types() + ", which are neither the model's own types nor one");
        }
        AverageBuilder builder = ParameterAverage.builder(online).rule(rule);
        kept.one().ifPresent(builder::dtype);
        ParameterAverage average = builder.build();
        try (ParameterStore all = overlay(average.store(), numbers, savedAs)) {
            average.restore(counters, all);
            return average;
        } catch (RuntimeException e) {
            average.close();
            throw e;
        }
    }

    private ParameterStore numbers() throws CheckpointException {
        if (saved.average().isPresent()) {
            return saved.average().get();
        }
        LOGGER.log(
                Level.WARNING,
                "{0} has no average: as {1} does, the average begins anew with a copy of its model",
                quote(path),
                scheme.label());
        return saved.model().orElseThrow();
    }

    /** For each tensor of the model its place in the file, or −1. */
    private int[] savedAs(ParameterLayout model, ParameterLayout there) throws CheckpointException {
        LayoutMatch match = LayoutMatch.of(model, there);
        if (match.missing().size() == model.size() && model.size() > 0) {
            throw unfit(match.difference().orElseThrow());
        }
        if (match.conflicts().isPresent()) {
            throw unfit(match.conflicts().get());
        }
        // Python's writer keeps but one of the names that share a tensor.
        int[] ofOwner = new int[model.size()];
        Arrays.fill(ofOwner, -1);
        for (int i = 0; i < ofOwner.length; i++) {
            ofOwner[model.ownerOf(i)] = Math.max(ofOwner[model.ownerOf(i)], match.sourceOf(i));
        }
        return IntStream.range(0, ofOwner.length)
                .map(i -> match.sourceOf(i) >= 0 ? match.sourceOf(i) : ofOwner[model.ownerOf(i)])
                .toArray();
    }

    private void report(ParameterLayout model, int[] savedAs, List<String> unused) throws CheckpointException {
        List<String> missing = IntStream.range(0, savedAs.length)
                .filter(i -> savedAs[i] < 0)
                .mapToObj(i -> model.tensor(i).name())
                .toList();
        List<String> phrases = new ArrayList<>();
        if (!missing.isEmpty()) {
            phrases.add("lacks " + some(missing));
        }
        if (!unused.isEmpty()) {
            phrases.add("also has " + some(unused));
        }
        if (phrases.isEmpty()) {
            return;
        }
        String difference = String.join(", and ", phrases);
        if (scheme.isStrict()) {
            throw unfit(difference);
        }
        LOGGER.log(
                Level.WARNING,
                "the average in {0} {1}: as {2} does, what is missing begins with the model''s present numbers",
                quote(path),
                difference,
                scheme.label());
    }

    /** The saved numbers where there are some, else those with which the average has begun. */
    private static ParameterStore overlay(ParameterStore begun, ParameterStore numbers, int[] savedAs) {
        StateBuilder all = new StateBuilder();
        for (int i = 0; i < savedAs.length; i++) {
            TensorSpec tensor = begun.layout().tensor(i);
            boolean there = savedAs[i] >= 0;
            all.add(tensor.name(), tensor.role(), there ? numbers : begun, there ? savedAs[i] : i);
        }
        return all.build();
    }

    private CheckpointException unfit(String how) {
        return new CheckpointException("the average in " + quote(path) + " is not one of this model: it " + how
                + "; resume it with the model that was averaged");
    }
}
