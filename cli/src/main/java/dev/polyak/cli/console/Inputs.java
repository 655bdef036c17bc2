package dev.polyak.cli.console;

import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.BufferNames;
import dev.polyak.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The checkpoints that a command reads, all open at once: they are mapped, which takes addresses and no memory. */
public final class Inputs implements AutoCloseable {
    private final List<Checkpoint> checkpoints = new ArrayList<>();

    private Inputs() {}

    /**
     * Opens checkpoints.
     *
     * @param paths files, folders or indexes
     * @param buffers which tensors are buffers
     * @return the open checkpoints
     * @throws Failure if a path is a pattern that matched nothing
     * @throws IOException if one cannot be opened
     */
    public static Inputs open(List<Path> paths, BufferNames buffers) throws Failure, IOException {
        Inputs inputs = new Inputs();
        try {
            for (Path path : paths) {
                requireExpanded(path);
                inputs.checkpoints.add(Checkpoint.open(path, buffers));
            }
            return inputs;
        } catch (Throwable e) {
            inputs.close();
            throw e;
        }
    }

    /**
     * The checkpoints.
     *
     * @return in the order of their paths
     */
    public List<Checkpoint> checkpoints() {
        return checkpoints;
    }

    /**
     * Their tensors.
     *
     * @return one store per checkpoint, in the same order
     */
    public List<ParameterStore> stores() {
        return checkpoints.stream().<ParameterStore>map(Checkpoint::store).toList();
    }

    /**
     * The first checkpoint.
     *
     * @return what the first path opened
     */
    public Checkpoint first() {
        return checkpoints.get(0);
    }

    @Override
    public void close() {
        checkpoints.forEach(Checkpoint::close);
    }

    private static void requireExpanded(Path path) throws Failure {
        String text = path.toString();
        if (text.chars().anyMatch(c -> c == '*' || c == '?' || c == '[') && Files.notExists(path)) {
            throw new Failure(
                    "no file matches " + Text.quoted(text) + "; check the pattern, and that it is not in quotes");
        }
    }
}
