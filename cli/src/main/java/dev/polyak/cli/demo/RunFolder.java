package dev.polyak.cli.demo;

import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Text;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a run leaves what, all in one folder.
 *
 * @param path the folder
 */
record RunFolder(Path path) {
    /** The most epochs that names count: with more, they would no longer sort as the epochs do. */
    static final int MOST_EPOCHS = 999;

    /** Makes sure that the folder is there. */
    static RunFolder create(Path path) throws Failure {
        try {
            Files.createDirectories(path);
        } catch (FileAlreadyExistsException e) {
            throw new Failure(Text.quoted(e.getFile()) + " is not a folder; choose another with --out", e);
        } catch (IOException e) {
            throw new Failure(
                    "the folder " + Text.quoted(path)
                            + " cannot be made; check the permissions of the one above it, or choose another with --out",
                    e);
        }
        return new RunFolder(path);
    }

    /** The model after an epoch: parameters and buffers, as any tool for checkpoints expects them. */
    Path model(int epoch) {
        return numbered("epoch", epoch);
    }

    /** What else training needs to go on after an epoch. */
    Path optimizer(int epoch) {
        return numbered("optimizer", epoch);
    }

    /** The average after an epoch. */
    Path average(int epoch) {
        return numbered("average", epoch);
    }

    /** The average of the models of several epochs. */
    Path offlineAverage() {
        return path.resolve("offline-average.safetensors");
    }

    /** The accuracy of each epoch, as numbers. */
    Path table() {
        return path.resolve("accuracy.csv");
    }

    /** The accuracy of each epoch, as curves. */
    Path picture() {
        return path.resolve("accuracy.png");
    }

    /** The average that was kept off the device. */
    Path offloadedAverage() {
        return path.resolve("average-off-device.safetensors");
    }

    /** When training, copy and fold ran, as numbers. */
    Path timelineTable() {
        return path.resolve("timeline.csv");
    }

    /** When they ran, as bars. */
    Path timeline() {
        return path.resolve("timeline.png");
    }

    /**
     * Removes what a longer run left here earlier, so that no pattern of names takes the checkpoints of two runs for
     * one.
     */
    void clearAfter(int epochs) throws IOException {
        for (int epoch = epochs + 1; isOurs(epoch); epoch++) {
            Files.delete(model(epoch));
            Files.delete(optimizer(epoch));
            Files.delete(average(epoch));
        }
    }

    private boolean isOurs(int epoch) {
        return Files.exists(model(epoch)) && Files.exists(optimizer(epoch)) && Files.exists(average(epoch));
    }

    private Path numbered(String what, int epoch) {
        return path.resolve(String.format(Locale.ROOT, "%s-%03d.safetensors", what, epoch));
    }
}
