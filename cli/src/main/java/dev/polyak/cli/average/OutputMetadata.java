package dev.polyak.cli.average;

import dev.polyak.ParameterFold;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.SavedAverage;
import dev.polyak.frameworks.FrameworkRule;
import dev.polyak.rule.AverageRule;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an average's file says of it. */
final class OutputMetadata {
    private OutputMetadata() {}

    /** The metadata of an average of files, of which this is the first. */
    static Map<String, String> of(AverageRule rule, ParameterFold fold, Checkpoint first) {
        Map<String, String> metadata = inherited(first);
        long calls = fold.counters().calls();
        if (rule.debiasing(calls) != 1) {
            metadata.put(SavedAverage.DEBIASED, Double.toString(rule.debiasing(calls)));
        }
        if (rule instanceof FrameworkRule system) {
            system.snapshot(calls).map(StoredProfile::metadata).ifPresent(metadata::putAll);
        }
        return SavedAverage.metadataFor(rule, fold.counters(), fold.layout(), metadata);
    }

    /**
     * What the first file's writer added stays, such as the framework's name; what is said of an earlier average does
     * not.
     */
    static Map<String, String> inherited(Checkpoint first) {
        Map<String, String> metadata = new LinkedHashMap<>(first.metadata());
        metadata.keySet().removeIf(key -> key.startsWith("polyak."));
        return metadata;
    }
}
