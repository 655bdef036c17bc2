package dev.polyak.checkpoint;

import static dev.polyak.checkpoint.internal.Text.quote;
import static dev.polyak.checkpoint.internal.Text.reason;
import static java.util.Objects.requireNonNull;

import dev.polyak.ParameterAverage;
import dev.polyak.checkpoint.internal.safetensors.ShardIndex;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The average of a model that several processes share, on disk: each process saves the tensors of its own
 * {@linkplain ParameterLayout#shard shard}, and nobody gathers them. Together with an index the files are a sharded
 * checkpoint as Hugging Face's libraries write it, {@code ema-00001-of-00004.safetensors} to
 * {@code ema-00004-of-00004.safetensors} and {@code ema.safetensors.index.json}; each of them is a {@link SavedAverage}
 * too.
 *
 * <pre>{@code
 * var files = new ShardedAverage(folder, "ema", layout, world);
 * files.save(rank, ema); // every process, in the same step
 * barrier();             // of the processes: all have saved
 * files.saveIndex();     // one of them
 * ...
 * try (var saved = files.open(rank);
 *         var ema = saved.resume(shardOfTheModel)) {
 *     ...
 * }
 * }</pre>
 *
 * <p>The index is there only while it is true: the first shard that is saved deletes an older one, and the new one is
 * written only over the shards of one step. To keep an earlier save until the new one is complete, save into a folder
 * of its own each time.
 *
 * <p>As many processes as before go on with {@link #open}; others build their averages and
 * {@linkplain ParameterAverage#restore restore} them from the store of {@code SavedAverage.open(files.index())}, of
 * which each takes its own tensors.
 *
 * <p>Immutable.
 *
 * @param folder where the files are; all processes see it
 * @param stem how the files' names begin
 * @param model all tensors of the model, of which each process has a shard
 * @param world how many processes there are, at least 1
 */
public record ShardedAverage(Path folder, String stem, ParameterLayout model, int world) {
    private static final int MOST_SHARDS = 99_999; // as many digits as the names have

    /**
     * Checks the components.
     *
     * @param folder where the files are
     * @param stem how the files' names begin
     * @param model all tensors of the model
     * @param world how many processes there are
     * @throws IllegalArgumentException if there are less than 1 or more than 99,999 processes, or the stem names no
     *     file of the folder
     */
    public ShardedAverage {
        requireNonNull(folder, "folder");
        requireNonNull(stem, "stem");
        requireNonNull(model, "model");
        if (world < 1 || world > MOST_SHARDS) {
            throw new IllegalArgumentException("1 to " + MOST_SHARDS + " processes can share a model, not " + world);
        }
        if (stem.isEmpty() || !Path.of(stem).equals(Path.of(stem).getFileName()) || stem.startsWith(".")) {
            throw new IllegalArgumentException("the names of files cannot begin with " + quote(stem));
        }
    }

    /**
     * The file of one process.
     *
     * @param rank its number, from 0
     * @return its place, there or not; the names count from 1
     * @throws IllegalArgumentException if rank is not below world
     */
    public Path file(int rank) {
        if (rank < 0 || rank >= world) {
            throw new IllegalArgumentException(
                    "the files of " + world + " processes have numbers from 0 to " + (world - 1) + ", not " + rank);
        }
        return folder.resolve(
                String.format(Locale.ROOT, "%s-%05d-of-%05d%s", stem, rank + 1, world, Shards.SAFETENSORS));
    }

    /**
     * The index of all files.
     *
     * @return its place, there or not
     */
    public Path index() {
        return folder.resolve(stem + Shards.INDEX);
    }

    /**
     * Saves the average of one process, or all of its averages, without further strings.
     *
     * @param rank number of the process, from 0
     * @param average the average of its shard of the model
     * @throws CheckpointException as {@link #save(int, ParameterAverage, Map)} does
     */
    public void save(int rank, ParameterAverage average) throws CheckpointException {
        requireNonNull(average, "average");
        save(rank, average, Map.of());
    }

    /**
     * Saves the average of one process, or all of its averages. They must not be updated meanwhile. An older index is
     * deleted first, as it would be one of old and new shards.
     *
     * @param rank number of the process, from 0
     * @param average the average of its shard of the model
     * @param metadata strings to add; none if empty
     * @throws CheckpointException if the file cannot be written, or the older index not be deleted; the older file is
     *     unchanged then
     * @throws IllegalArgumentException if rank is not below world, or the average is one of other tensors
     * @throws IllegalStateException if the average is closed, torn or swapped in
     */
    public void save(int rank, ParameterAverage average, Map<String, String> metadata) throws CheckpointException {
        requireNonNull(average, "average");
        requireNonNull(metadata, "metadata");
        Path file = file(rank);
        ParameterLayout shard = model.shard(rank, world);
        if (!average.online().layout().equals(shard)) {
            throw new IllegalArgumentException("process " + rank + " of " + world + " has a shard of " + shard
                    + ", and this average is one of " + average.online().layout());
        }
        // The buffers of the whole model, so that the files can be read as one.
        AverageFile.write(file, average, model, metadata, this::deleteIndex);
    }

    private void deleteIndex() throws CheckpointException {
        try {
            Files.deleteIfExists(index());
        } catch (IOException e) {
            throw new CheckpointException(
                    "the older index " + quote(index()) + " cannot be deleted: " + reason(e)
                            + "; check the permissions of its folder",
                    e);
        }
    }

    /**
     * Writes the index, which makes the files one checkpoint. To be called by one process, when all have saved: of the
     * files it reads what is in them, not the numbers.
     *
     * @throws CheckpointException if a file is missing, was saved in another step than the others, or has not the
     *     tensors of its shard; or if the index cannot be written. None is written then
     */
    public void saveIndex() throws CheckpointException {
        Map<String, Path> fileOf = new HashMap<>();
        long bytes = 0;
        AverageMetadata first = null;
        int count = 1;
        for (int rank = 0; rank < world; rank++) {
            try (Checkpoint shard = Checkpoint.open(file(rank))) {
                List<AverageMetadata> averages = AverageMetadata.in(shard.path(), shard.metadata());
                first = first == null ? averages.get(0) : first;
                first.requireSameSave(averages.get(0));
                count = averages.size();
                requireTensors(rank, shard, averages);
                for (TensorSpec tensor : shard.store().layout().tensors()) {
                    fileOf.put(tensor.name(), shard.path());
                    bytes += tensor.bytes();
                }
            }
        }
        Map<String, Path> ordered = new LinkedHashMap<>();
        for (TensorSpec tensor : AverageFile.several(model, count).tensors()) {
            Path file = fileOf.get(tensor.name());
            if (file != null) { // the rule may leave some out
                ordered.put(tensor.name(), file);
            }
        }
        ShardIndex.write(index(), ordered, bytes);
    }

    private void requireTensors(int rank, Checkpoint shard, List<AverageMetadata> averages) throws CheckpointException {
        ParameterLayout found = shard.store().layout();
        int count = averages.size();
        Optional<AverageRule> rule = averages.get(0).rule(); // all hold the same tensors
        ParameterLayout held = model.shard(rank, world)
                .select(tensor -> rule.isPresent()
                        ? rule.get().treatment(tensor) != Treatment.OMIT
                        : found.indexOf(AverageFile.name(0, count, tensor.name())) >= 0);
        ParameterLayout expected = AverageFile.several(held, count);
        boolean all = expected.tensors().stream().allMatch(tensor -> found.indexOf(tensor.name()) >= 0);
        if (!all || found.size() != expected.size()) {
            throw new CheckpointException(quote(shard.path()) + " does not have the tensors of shard " + (rank + 1)
                    + " of " + world + " of this model; save it again");
        }
    }

    /**
     * Opens what one process saved, to go on with it.
     *
     * @param rank number of the process, from 0
     * @return the average of its shard
     * @throws CheckpointException if there is no index, since not all processes saved; or if the file cannot be opened
     * @throws IllegalArgumentException if rank is not below world
     */
    public SavedAverage open(int rank) throws CheckpointException {
        Path file = file(rank);
        if (Files.notExists(index())) {
            throw new CheckpointException("there is no " + quote(index())
                    + ", so not all processes saved their averages to the end; resume from an earlier save");
        }
        return SavedAverage.open(file);
    }
}
