package dev.polyak.checkpoint;

import static dev.polyak.checkpoint.internal.Text.quote;

import dev.polyak.AverageBuilder;
import dev.polyak.AverageCounters;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.internal.KeptTypes;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An average on disk: a plain safetensors file with the model's tensor names, which every other reader of the format
 * takes for the model itself. How the average is made, how far it has come and which tensors are buffers is in the
 * metadata, under keys that begin with {@code polyak.}; so a resumed average goes on as if it had never stopped, bit
 * for bit.
 *
 * <pre>{@code
 * SavedAverage.save(path, ema, Map.of());
 * ...
 * try (var saved = SavedAverage.open(path);
 *         var ema = saved.resume(model)) {
 *     ...
 * }
 * }</pre>
 *
 * <p>May be used by any thread. The file is mapped until this is closed; averages that were resumed do not need it.
 */
public final class SavedAverage implements AutoCloseable {
    /**
     * Key of the metadata that say that the tensors are the average's {@linkplain AverageRule#debiasing debiased}
     * value, and what they were divided by. Such a file is for use: its average cannot be {@linkplain #resume resumed},
     * as the division has rounded it.
     */
    public static final String DEBIASED = "polyak.debiased";

    private final Checkpoint checkpoint;
    private final AverageRule rule;
    private final AverageCounters counters;

    private SavedAverage(Checkpoint checkpoint) throws CheckpointException {
        AverageMetadata metadata = new AverageMetadata(checkpoint.path(), checkpoint.metadata());
        this.checkpoint = checkpoint;
        this.rule = metadata.rule();
        this.counters = metadata.counters();
    }

    /**
     * Saves an average. The average must not be updated meanwhile.
     *
     * @param path the file; one that is there is replaced, when the new one is complete
     * @param average the average
     * @param metadata strings to add; none if empty
     * @throws CheckpointException if the file cannot be written; what was there before is unchanged
     * @throws IllegalArgumentException if the average's schedule or rule is not one of the library's
     * @throws IllegalStateException if the average is closed, torn or swapped in
     */
    public static void save(Path path, ParameterAverage average, Map<String, String> metadata)
            throws CheckpointException {
        ParameterStore numbers = average.store();
        Map<String, String> all = metadataFor(average.rule(), average.counters(), numbers.layout(), metadata);
        try (SafetensorsWriter writer = SafetensorsWriter.create(path, numbers.layout(), all)) {
            writer.write(numbers);
            writer.commit();
        }
    }

    /**
     * The metadata that make a checkpoint a saved average, for averages that are not held by a
     * {@link ParameterAverage}, such as those of a {@link dev.polyak.ParameterFold}.
     *
     * @param rule how the average is made
     * @param counters how far it has come
     * @param layout the tensors of the file
     * @param metadata strings to add; none if empty
     * @return all of them, in order, as {@link SafetensorsWriter#create} takes them
     * @throws IllegalArgumentException if the schedule or rule is not one of the library's
     */
    public static Map<String, String> metadataFor(
            AverageRule rule, AverageCounters counters, ParameterLayout layout, Map<String, String> metadata) {
        Map<String, String> all = new LinkedHashMap<>(metadata);
        all.putAll(AverageMetadata.of(rule, counters));
        return Checkpoint.metadataFor(layout, all);
    }

    /**
     * Opens a saved average.
     *
     * @param path the file
     * @return the saved average
     * @throws CheckpointException if the file cannot be opened, or is a checkpoint but no average
     */
    public static SavedAverage open(Path path) throws CheckpointException {
        Checkpoint checkpoint = Checkpoint.open(path);
        try {
            return new SavedAverage(checkpoint);
        } catch (Throwable e) {
            checkpoint.close();
            throw e;
        }
    }

    /**
     * Goes on with the average, in the element types in which it was saved. To go on with other settings (threads, a
     * rule), build the average and give it {@link #counters()} and {@link #store()} with
     * {@link ParameterAverage#restore}.
     *
     * @param online the model, in the state in which it was when the average was saved; its present numbers are not
     *     read into the average
     * @return the average; it does not need this file any more
     * @throws CheckpointException if the model's tensors are others, in names, shapes, types or roles; or if the file
     *     has the {@linkplain #DEBIASED debiased} value
     * @throws OutOfMemoryError if there is no memory for the average
     * @throws dev.polyak.error.MemoryLostException if the file is truncated while it is read
     */
    public ParameterAverage resume(ParameterStore online) throws CheckpointException {
        if (metadata().containsKey(DEBIASED)) {
            throw new CheckpointException(quote(checkpoint.path()) + " has the debiased value of its average, which is"
                    + " for use and cannot be continued; resume from what SavedAverage.save wrote");
        }
        AverageBuilder builder = ParameterAverage.builder(online).rule(rule);
        dtype(online.layout()).ifPresent(builder::dtype);
        ParameterAverage average = builder.build();
        try {
            average.restore(counters, store());
            return average;
        } catch (RuntimeException e) {
            average.close();
            throw e;
        }
    }

    /**
     * The averaged numbers.
     *
     * @return a read-only store with the roles that were saved, closed with this
     */
    public ParameterStore store() {
        return checkpoint.store();
    }

    /**
     * How the average is made.
     *
     * @return schedule, order, interval, start and policies
     */
    public AverageRule rule() {
        return rule;
    }

    /**
     * How far the average has come.
     *
     * @return the counters at the time when it was saved
     */
    public AverageCounters counters() {
        return counters;
    }

    /**
     * All strings in the file, those that were added to it among them.
     *
     * @return keys and values, in order; unmodifiable
     */
    public Map<String, String> metadata() {
        return checkpoint.metadata();
    }

    /** Unmaps the file. A second call does nothing. */
    @Override
    public void close() {
        checkpoint.close();
    }

    /** The type in which an average of this model was kept; none if every tensor was kept in its own. */
    private Optional<DType> dtype(ParameterLayout online) throws CheckpointException {
        ParameterLayout saved = store().layout();
        ParameterLayout model = online.select(tensor -> rule.treatment(tensor) != Treatment.OMIT);
        LayoutMatch match = LayoutMatch.of(model, saved);
        Optional<String> difference = match.difference();
        if (difference.isPresent()) {
            throw unfit(difference.get());
        }
        for (int i = 0; i < model.size(); i++) {
            TensorSpec mine = model.tensor(i);
            TensorSpec kept = saved.tensor(match.sourceOf(i));
            if (mine.role() != kept.role()) {
                throw unfit("has " + quote(kept.name()) + " as a "
                        + kept.role().name().toLowerCase(Locale.ROOT) + ", which the model has as a "
                        + mine.role().name().toLowerCase(Locale.ROOT));
            }
        }
        KeptTypes kept = KeptTypes.of(model, saved, match::sourceOf);
        if (!kept.isPossible()) {
            throw unfit("has tensors in " + kept.types() + ", which are neither the model's own types nor one");
        }
        return kept.one();
    }

    private CheckpointException unfit(String how) {
        return new CheckpointException("the average " + quote(checkpoint.path()) + " is not one of this model: it "
                + how + "; resume it with the model that was averaged");
    }
}
