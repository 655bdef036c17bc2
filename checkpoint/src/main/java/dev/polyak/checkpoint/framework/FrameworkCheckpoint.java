package dev.polyak.checkpoint.framework;

import static dev.polyak.checkpoint.internal.Text.quote;
import static java.util.Objects.requireNonNull;

import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.framework.scheme.AveragedState;
import dev.polyak.checkpoint.framework.scheme.SavedState;
import dev.polyak.checkpoint.framework.scheme.SchemeException;
import dev.polyak.checkpoint.framework.scheme.StateScheme;
import dev.polyak.rule.AverageRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A checkpoint of another framework with an average in it, so that a training that began there goes on here, and back.
 *
 * <pre>{@code
 * var rule = Rules.parse("EMAHook(momentum=0.1, begin_iter=5)").rule();
 * try (var saved = FrameworkCheckpoint.open(path)) {
 *     model.copyFrom(saved.model().orElseThrow()); // the raw weights, wherever the framework put them
 *     var ema = saved.resume(model, rule);
 *     ...
 *     FrameworkCheckpoint.write(path, saved.scheme(), ema);
 * }
 * }</pre>
 *
 * <p>The tensors are in safetensors, with the keys of the framework's nested dictionaries as prefixes of their names
 * ({@code state_dict.fc.weight}), and single numbers as tensors of no dimensions. Which names there are,
 * {@link StateScheme} says. A diffusers state is a folder, with a {@code config.json}.
 *
 * <p>A rule's calls are the steps of the training, counted from 1. Most frameworks count the calls of their averaged
 * model instead, which is less: mmengine's {@code steps} stands still until the hook begins, {@code n_averaged} between
 * updates. What their checkpoints say of the training's own steps ({@code meta.iter}, {@code global_step}, Composer's
 * {@code timestamp}) is read as well, and where that is missing and the rule does not follow from the count alone, the
 * number of steps has to be given.
 *
 * <p>May be used by any thread. The files are mapped until this is closed; averages that were resumed do not need them.
 */
public final class FrameworkCheckpoint implements AutoCloseable {
    private final Path path;
    private final StateScheme scheme;
    private final OpenState file;
    private final SavedState saved;

    private FrameworkCheckpoint(Path path, StateScheme scheme, OpenState file) throws SchemeException {
        this.path = path;
        this.scheme = scheme;
        this.file = file;
        this.saved = scheme.read(file.state());
    }

    /**
     * Opens a checkpoint, and finds out by its names which framework wrote it.
     *
     * @param path a safetensors file, the index or folder of a sharded one, or diffusers' folder
     * @return the checkpoint
     * @throws CheckpointException if it cannot be opened, has no average of a known framework, or is not as that writes
     *     it
     */
    public static FrameworkCheckpoint open(Path path) throws CheckpointException {
        requireNonNull(path, "path");
        return open(path, Optional.empty());
    }

    /**
     * Opens a checkpoint of a known framework, with or without an average.
     *
     * @param path a safetensors file, the index or folder of a sharded one, or diffusers' folder
     * @param scheme whose it is
     * @return the checkpoint
     * @throws CheckpointException if it cannot be opened, or is not as the framework writes it
     */
    public static FrameworkCheckpoint open(Path path, StateScheme scheme) throws CheckpointException {
        requireNonNull(path, "path");
        requireNonNull(scheme, "scheme");
        return open(path, Optional.of(scheme));
    }

    /**
     * Writes a checkpoint as another framework does; of several averages, the first.
     *
     * @param path the file, or diffusers' folder; what is there is replaced, when the new one is complete
     * @param scheme which framework
     * @param average the average, with its model; neither may change meanwhile
     * @throws CheckpointException if it cannot be written, or the framework cannot have saved such an average; what was
     *     there before is unchanged
     * @throws IllegalStateException if the average is closed, torn or swapped in
     */
    public static void write(Path path, StateScheme scheme, ParameterAverage average) throws CheckpointException {
        requireNonNull(path, "path");
        requireNonNull(scheme, "scheme");
        requireNonNull(average, "average");
        write(path, scheme, AveragedState.of(average));
    }

    /**
     * Writes a checkpoint as another framework does, also while average and model are in each other's place.
     *
     * @param path the file; or diffusers' folder, whose {@code config.json} keeps what else it has: put the model's own
     *     there before, without which diffusers does not know the model
     * @param scheme which framework
     * @param state the average, with its model; neither may change meanwhile
     * @throws CheckpointException if it cannot be written, or the framework cannot have saved such an average; what was
     *     there before is unchanged
     */
    public static void write(Path path, StateScheme scheme, AveragedState state) throws CheckpointException {
        requireNonNull(path, "path");
        requireNonNull(scheme, "scheme");
        requireNonNull(state, "state");
        try (HostStore named = scheme.write(state)) {
            if (scheme == StateScheme.DIFFUSERS) {
                new DiffusersFolder(path).write(named);
            } else {
                Checkpoint.save(path, named, Map.of());
            }
        } catch (SchemeException e) {
            throw said(path, e);
        }
    }

    /**
     * Which framework wrote the checkpoint.
     *
     * @return its scheme
     */
    public StateScheme scheme() {
        return scheme;
    }

    /**
     * The average, wherever the framework put it.
     *
     * @return a read-only store under the model's names, closed with this; empty if the training had no average
     */
    public Optional<HostStore> average() {
        return saved.average();
    }

    /**
     * The raw model, wherever the framework put it.
     *
     * @return a read-only store, closed with this; empty if the framework saves it in another file
     */
    public Optional<HostStore> model() {
        return saved.model();
    }

    /**
     * Whether average and model are in each other's place in the file, so that who reads it as a plain checkpoint gets
     * the average.
     *
     * @return true if they are
     */
    public boolean isSwapped() {
        return saved.swapped();
    }

    /**
     * How many calls of its averaged model the framework has counted: {@code steps}, {@code n_averaged},
     * {@code optimization_step}.
     *
     * @return the number; empty if the framework saves none
     */
    public OptionalLong counted() {
        return saved.average().isPresent() && saved.counted().isExact()
                ? OptionalLong.of(saved.counted().least())
                : OptionalLong.empty();
    }

    /**
     * How the average is made, where the framework saves that: diffusers does.
     *
     * @return the framework's call, as {@link dev.polyak.frameworks.Rules#parse} reads it; empty if it is not saved
     */
    public Optional<String> ruleText() {
        return saved.ruleText();
    }

    /**
     * Goes on with the average, in the element types in which it was saved, at the step that the checkpoint says.
     *
     * @param online the model; its present numbers are read for those tensors alone that the saved average lacks
     * @param rule how the average goes on
     * @return the average; it does not need the files any more
     * @throws CheckpointException as {@link #resume(ParameterStore, AverageRule, long)} does, or if the step does not
     *     follow from the checkpoint
     */
    public ParameterAverage resume(ParameterStore online, AverageRule rule) throws CheckpointException {
        requireNonNull(online, "online");
        requireNonNull(rule, "rule");
        return resume(online, rule, OptionalLong.empty());
    }

    /**
     * Goes on with the average, in the element types in which it was saved.
     *
     * <p>It is as strict as its framework. Where that only reports tensors that do not match (mmengine, Composer), they
     * are logged as a warning. So is a checkpoint without an average, which mmengine, timm and Lightning make up for by
     * a copy of the model in it, from which the average begins anew; the others refuse it.
     *
     * @param online the model; its present numbers are read for those tensors alone that the saved average lacks
     * @param rule how the average goes on
     * @param steps how many steps the training has made: for EMAHook iterations, for Composer batches. It goes before
     *     what the checkpoint says
     * @return the average; it does not need the files any more
     * @throws CheckpointException if the average is not one of this model, there is none, or the framework has counted
     *     another number of calls than the rule makes in that many steps
     * @throws IllegalArgumentException if the number of steps is negative or larger than 2³², or a tensor cannot be
     *     averaged by the rule
     * @throws OutOfMemoryError if there is no memory for the average
     * @throws dev.polyak.error.MemoryLostException if a file is truncated while it is read
     */
    public ParameterAverage resume(ParameterStore online, AverageRule rule, long steps) throws CheckpointException {
        requireNonNull(online, "online");
        requireNonNull(rule, "rule");
        return resume(online, rule, OptionalLong.of(steps));
    }

    /** Unmaps the files. A second call does nothing. */
    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return path + ": " + scheme.label();
    }

    private ParameterAverage resume(ParameterStore online, AverageRule rule, OptionalLong steps)
            throws CheckpointException {
        FrameworkResume resume = new FrameworkResume(path, scheme, saved);
        try {
            return resume.average(online, rule, scheme.counters(saved, rule, steps));
        } catch (SchemeException e) {
            throw said(path, e);
        }
    }

    private static FrameworkCheckpoint open(Path path, Optional<StateScheme> told) throws CheckpointException {
        try {
            OpenState file = openFiles(path, told);
            try {
                StateScheme scheme = told.isPresent() ? told.get() : StateScheme.detect(file.state());
                return new FrameworkCheckpoint(path, scheme, file);
            } catch (SchemeException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (SchemeException e) {
            throw said(path, e);
        }
    }

    private static OpenState openFiles(Path path, Optional<StateScheme> told)
            throws CheckpointException, SchemeException {
        DiffusersFolder folder = new DiffusersFolder(path);
        boolean diffusers = told.map(scheme -> scheme == StateScheme.DIFFUSERS)
                .orElseGet(() -> Files.isDirectory(path) && folder.hasConfig());
        if (diffusers) {
            return folder.open();
        }
        Checkpoint checkpoint = Checkpoint.open(path);
        return new OpenState(checkpoint.store(), checkpoint);
    }

    private static CheckpointException said(Path path, SchemeException e) {
        return new CheckpointException(quote(path) + " " + e.getMessage(), e);
    }
}
