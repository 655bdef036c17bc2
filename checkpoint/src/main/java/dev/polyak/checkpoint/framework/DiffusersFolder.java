package dev.polyak.checkpoint.framework;

import static dev.polyak.checkpoint.internal.Text.quote;
import static dev.polyak.checkpoint.internal.Text.reason;

import dev.polyak.HostStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.SafetensorsWriter;
import dev.polyak.checkpoint.framework.scheme.Entries;
import dev.polyak.checkpoint.framework.scheme.SchemeException;
import dev.polyak.checkpoint.framework.scheme.StateBuilder;
import dev.polyak.checkpoint.framework.scheme.StateScheme;
import dev.polyak.checkpoint.internal.safetensors.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The folder that diffusers' {@code save_pretrained} makes, as a state: the tensors of
 * {@code diffusion_pytorch_model.safetensors}, and numbers of {@code config.json}, each under the name of its file.
 *
 * <p>The two files are put in their places one right after the other. Should the machine fail between the two, opening
 * the folder finds it out: the tensors' file also says of which step it is.
 */
final class DiffusersFolder {
    private static final String TENSORS = StateScheme.DIFFUSERS_TENSORS + "safetensors";
    private static final String STEP = StateScheme.DIFFUSERS_CONFIG + "optimization_step";
    private static final String STEP_KEY = "polyak.optimization-step";

    private final Path folder;
    private final Path tensors;
    private final Path index;
    private final Path config;

    DiffusersFolder(Path folder) {
        this.folder = folder;
        this.tensors = folder.resolve(TENSORS);
        this.index = folder.resolve(TENSORS + ".index.json");
        this.config = folder.resolve(StateScheme.DIFFUSERS_CONFIG + "json");
    }

    /** Whether this may be such a folder. */
    boolean hasConfig() {
        return Files.isRegularFile(config);
    }

    /**
     * Opens the folder.
     *
     * @return the state; closing it unmaps the files
     * @throws CheckpointException if a file cannot be read, or the two are not of one step
     * @throws SchemeException if the step is no number of calls
     */
    OpenState open() throws CheckpointException, SchemeException {
        StateBuilder state = new StateBuilder();
        new DiffusersConfig(config).read(state);
        Checkpoint checkpoint = Checkpoint.open(Files.exists(index) ? index : tensors);
        try {
            HostStore joined = state.addAll(StateScheme.DIFFUSERS_TENSORS, checkpoint.store())
                    .build();
            requireOneStep(
                    new Entries(joined).count(STEP), checkpoint.metadata().get(STEP_KEY));
            return new OpenState(joined, checkpoint);
        } catch (CheckpointException | SchemeException | RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    /**
     * Writes the folder, which is made if it is not there.
     *
     * @param state what {@link #open()} would give
     * @throws CheckpointException if a file cannot be written; what was there before is unchanged
     * @throws SchemeException if the state is not diffusers'
     */
    void write(HostStore state) throws CheckpointException, SchemeException {
        if (Files.exists(index)) {
            throw new CheckpointException(quote(folder) + " has a sharded checkpoint, which would be read instead of "
                    + quote(TENSORS) + "; choose another folder, or delete it");
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new CheckpointException(
                    "the folder " + quote(folder) + " cannot be made: " + reason(e) + "; check the path", e);
        }
        Entries entries = new Entries(state);
        try (HostStore average = entries.part(StateScheme.DIFFUSERS_TENSORS).orElseThrow();
                HostStore arguments = entries.part(StateScheme.DIFFUSERS_CONFIG).orElseThrow()) {
            ByteBuffer configBytes = new DiffusersConfig(config).with(new Entries(arguments));
            String step = String.valueOf(entries.count(STEP).orElseThrow());
            Map<String, String> metadata = Checkpoint.metadataFor(average.layout(), Map.of(STEP_KEY, step));
            try (SafetensorsWriter writer = SafetensorsWriter.create(tensors, average.layout(), metadata);
                    AtomicFile configFile = new AtomicFile(config, AtomicFile.ON_DISK)) {
                configFile.write(configBytes, 0);
                writer.write(average);
                writer.commit();
                configFile.commit();
            }
        }
    }

    private void requireOneStep(OptionalLong step, @Nullable String written) throws CheckpointException {
        if (written != null && step.isPresent() && !written.equals(String.valueOf(step.getAsLong()))) {
            throw new CheckpointException(
                    quote(folder) + " was not written to its end: " + quote(TENSORS) + " is of step "
                            + written + ", 'config.json' of step " + step.getAsLong()
                            + "; set its optimization_step to the former, or save the folder again");
        }
    }
}
