package dev.polyak.checkpoint;

import static dev.polyak.checkpoint.internal.Text.quote;
import static java.util.Objects.requireNonNull;

import dev.polyak.AverageBuilder;
import dev.polyak.AverageCounters;
import dev.polyak.HostStore;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
 * SavedAverage.save(path, ema);
 * ...
 * try (var saved = SavedAverage.open(path);
 *         var ema = saved.resume(model)) {
 *     ...
 * }
 * }</pre>
 *
 * <p>Several averages that follow one model are saved in one file, and resumed together; there the tensors' names begin
 * with {@code average.0.}, {@code average.1.} and so on. (For a file that others read, save one of them with
 * {@code Checkpoint.save(path, ema.average(k).store(), Map.of())}.)
 *
 * <p>A schedule or rule of the user's own, such as a lambda, cannot be described in a file: its average is saved, and
 * {@linkplain #resume(ParameterStore, AverageRule...) resumed with the rule}. {@link #requireDescribable} says so when
 * the training begins.
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
    private final List<AverageMetadata> averages;
    private final List<Optional<AverageRule>> rules = new ArrayList<>();
    private final List<HostStore> stores = new ArrayList<>();
    private final List<AverageCounters> counters = new ArrayList<>();

    private SavedAverage(Checkpoint checkpoint) throws CheckpointException {
        this.checkpoint = checkpoint;
        this.averages = AverageMetadata.in(checkpoint.path(), checkpoint.metadata());
        for (int k = 0; k < averages.size(); k++) {
            rules.add(averages.get(k).rule());
            counters.add(averages.get(k).counters());
            stores.add(averages.size() == 1 ? checkpoint.store() : AverageFile.part(checkpoint, k));
        }
    }

    /**
     * Saves an average, or all averages that follow the model, after their latest update. None is made meanwhile.
     *
     * @param path the file; one that is there is replaced, when the new one is complete
     * @param average the average
     * @throws CheckpointException if the file cannot be written; what was there before is unchanged
     * @throws IllegalStateException if the average is closed, torn or swapped in
     */
    public static void save(Path path, ParameterAverage average) throws CheckpointException {
        requireNonNull(path, "path");
        requireNonNull(average, "average");
        save(path, average, Map.of());
    }

    /**
     * Saves an average, or all averages that follow the model, with further strings, after their latest update. None is
     * made meanwhile.
     *
     * @param path the file; one that is there is replaced, when the new one is complete
     * @param average the average
     * @param metadata strings to add; those that say how another average was made are left out
     * @throws CheckpointException if the file cannot be written; what was there before is unchanged
     * @throws IllegalStateException if the average is closed, torn or swapped in
     */
    public static void save(Path path, ParameterAverage average, Map<String, String> metadata)
            throws CheckpointException {
        requireNonNull(path, "path");
        requireNonNull(average, "average");
        requireNonNull(metadata, "metadata");
        AverageFile.write(path, average, average.layout(), metadata, () -> {});
    }

    /**
     * The metadata that make a checkpoint a saved average, for averages that are not held by a
     * {@link ParameterAverage}, such as those of a {@link dev.polyak.ParameterFold}.
     *
     * @param rule how the average is made
     * @param counters how far it has come
     * @param layout the tensors of the file
     * @param metadata strings to add; those that say how another average was made are left out
     * @return all of them, in order, as {@link SafetensorsWriter#create} takes them
     */
    public static Map<String, String> metadataFor(
            AverageRule rule, AverageCounters counters, ParameterLayout layout, Map<String, String> metadata) {
        requireNonNull(rule, "rule");
        requireNonNull(counters, "counters");
        requireNonNull(layout, "layout");
        requireNonNull(metadata, "metadata");
        return Checkpoint.metadataFor(layout, AverageMetadata.of(rule, counters, metadata));
    }

    /**
     * Makes sure that a file can say how an average is made, so that {@link #resume(ParameterStore)} needs nothing but
     * the model. To be asked when a training begins, rather than found out when it is resumed.
     *
     * @param rules those of {@link ParameterAverage#rules()}, for instance
     * @throws IllegalArgumentException if a schedule or rule is the user's own; its average can be saved all the same,
     *     and resumed with {@link #resume(ParameterStore, AverageRule...)}
     */
    public static void requireDescribable(List<? extends AverageRule> rules) {
        requireNonNull(rules, "rules");
        for (AverageRule rule : rules) {
            AverageMetadata.ownPart(rule).ifPresent(own -> {
                throw new IllegalArgumentException(own + " is not one of the library's, so a file cannot say how its"
                        + " average is made; save it all the same, and give the rule to resume");
            });
        }
    }

    /**
     * Opens a saved average.
     *
     * @param path the file
     * @return the saved average
     * @throws CheckpointException if the file cannot be opened, or is a checkpoint but no average
     */
    public static SavedAverage open(Path path) throws CheckpointException {
        requireNonNull(path, "path");
        Checkpoint checkpoint = Checkpoint.open(path);
        try {
            return new SavedAverage(checkpoint);
        } catch (Throwable e) {
            checkpoint.close();
            throw e;
        }
    }

    /**
     * Goes on with the average, or all of them, in the element types and under the {@link dev.polyak.NonFinitePolicy}
     * with which they were saved. To go on with other settings (threads, a device), build the average and give it
     * {@link #counters()} and {@link #stores()} with {@link ParameterAverage#restore}.
     *
     * @param online the model, in the state in which it was when the average was saved; its present numbers are not
     *     read into the average
     * @return the average; it does not need this file any more
     * @throws CheckpointException if the model's tensors are others, in names, shapes, types or roles; if the file has
     *     the {@linkplain #DEBIASED debiased} value; or if a rule is the user's own
     * @throws OutOfMemoryError if there is no memory for the average
     * @throws dev.polyak.error.MemoryLostException if the file is truncated while it is read
     */
    public ParameterAverage resume(ParameterStore online) throws CheckpointException {
        requireNonNull(online, "online");
        for (AverageMetadata average : averages) {
            Optional<String> own = average.ownRule();
            if (own.isPresent()) {
                throw new CheckpointException("the average " + quote(checkpoint.path()) + " was made by " + own.get()
                        + ", which is not the library's and cannot be read from the file; resume it with"
                        + " resume(model, rule)");
            }
        }
        return resumeWith(online, rules());
    }

    /**
     * Goes on with the average, or all of them, as rules say that are given again: those of the user's own, which no
     * file can describe, or others than before.
     *
     * @param online the model, as for {@link #resume(ParameterStore)}
     * @param with one for each average, in the order in which they were saved
     * @return the average; it does not need this file any more
     * @throws IllegalArgumentException if there are not as many rules as averages
     * @throws CheckpointException as {@link #resume(ParameterStore)} does
     * @throws OutOfMemoryError if there is no memory for the average
     * @throws dev.polyak.error.MemoryLostException if the file is truncated while it is read
     */
    public ParameterAverage resume(ParameterStore online, AverageRule... with) throws CheckpointException {
        requireNonNull(online, "online");
        requireNonNull(with, "with");
        if (with.length != averages.size()) {
            throw new IllegalArgumentException("there are " + averages.size() + " averages in "
                    + quote(checkpoint.path()) + " and " + with.length + " rules: give one for each");
        }
        return resumeWith(online, List.of(with));
    }

    private ParameterAverage resumeWith(ParameterStore online, List<AverageRule> with) throws CheckpointException {
        if (metadata().containsKey(DEBIASED)) {
            throw new CheckpointException(quote(checkpoint.path()) + " has the debiased value of its average, which is"
                    + " for use and cannot be continued; resume from what SavedAverage.save wrote");
        }
        AverageBuilder builder = ParameterAverage.builder(online).rules(with);
        dtype(online.layout(), with).ifPresent(builder::dtype);
        builder.nonFinite(AverageMetadata.nonFinite(checkpoint.path(), metadata()));
        ParameterAverage average = builder.build();
        try {
            average.restore(counters, stores);
            return average;
        } catch (RuntimeException e) {
            average.close();
            throw e;
        }
    }

    /**
     * The averaged numbers of the one average.
     *
     * @return a read-only store with the roles that were saved, closed with this
     * @throws IllegalStateException if there are several
     */
    public HostStore store() {
        return theOne(stores, "stores()");
    }

    /**
     * The averaged numbers of each average.
     *
     * @return read-only stores with the model's names and the roles that were saved, closed with this; unmodifiable
     */
    public List<HostStore> stores() {
        return Collections.unmodifiableList(stores);
    }

    /**
     * How the one average is made.
     *
     * @return the rule
     * @throws IllegalStateException if there are several, or the rule is the user's own
     */
    public AverageRule rule() {
        return theOne(rules(), "rules()");
    }

    /**
     * How each average is made.
     *
     * @return the rules, in order; unmodifiable
     * @throws IllegalStateException if one is the user's own
     */
    public List<AverageRule> rules() {
        List<AverageRule> known = new ArrayList<>();
        for (int k = 0; k < rules.size(); k++) {
            Optional<String> own = averages.get(k).ownRule();
            known.add(rules.get(k)
                    .orElseThrow(() -> new IllegalStateException("the average " + quote(checkpoint.path())
                            + " was made by " + own.orElse("a rule of the user's own")
                            + ", which cannot be read from the file")));
        }
        return List.copyOf(known);
    }

    /**
     * How far the average has come; of several, the first.
     *
     * @return the counters at the time when it was saved
     */
    public AverageCounters counters() {
        return counters.get(0);
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

    private <T> T theOne(List<T> several, String method) {
        if (several.size() > 1) {
            throw new IllegalStateException(
                    "there are " + several.size() + " averages in " + quote(checkpoint.path()) + ": take " + method);
        }
        return several.get(0);
    }

    /** The type in which averages of this model were kept; none if every tensor was kept in its own. */
    private Optional<DType> dtype(ParameterLayout online, List<AverageRule> with) throws CheckpointException {
        Optional<DType> first = dtype(online, with.get(0), stores.get(0).layout());
        for (int k = 1; k < with.size(); k++) {
            if (!dtype(online, with.get(k), stores.get(k).layout()).equals(first)) {
                throw unfit("has averages of different types");
            }
        }
        return first;
    }

    private Optional<DType> dtype(ParameterLayout online, AverageRule with, ParameterLayout saved)
            throws CheckpointException {
        ParameterLayout model = online.select(tensor -> with.treatment(tensor) != Treatment.OMIT);
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
