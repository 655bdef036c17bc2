package dev.polyak.cli.average;

import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Text;
import dev.polyak.frameworks.PostHoc;
import dev.polyak.frameworks.PowerFunction;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Time and profile of a power-function average in a file's metadata: what it takes to combine it with others. */
final class StoredProfile {
    private static final String SIGMA = "polyak.sigma";
    private static final String GAMMA = "polyak.gamma";
    private static final String TIME = "polyak.time";

    private StoredProfile() {}

    /**
     * The metadata of an average.
     *
     * @param snapshot its time and profile
     * @return keys and values, in order
     */
    static Map<String, String> metadata(PostHoc.Snapshot snapshot) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(SIGMA, Double.toString(PowerFunction.sigma(snapshot.gamma())));
        metadata.put(GAMMA, Double.toString(snapshot.gamma()));
        metadata.put(TIME, Double.toString(snapshot.time()));
        return metadata;
    }

    /**
     * The metadata of what was combined: no average that goes on, but one that can be combined again.
     *
     * @param snapshot its time and profile
     * @param how where it comes from, for people
     * @return keys and values, in order
     */
    static Map<String, String> combined(PostHoc.Snapshot snapshot, String how) {
        Map<String, String> metadata = metadata(snapshot);
        metadata.put("polyak.combined", how);
        return metadata;
    }

    /**
     * Reads them back.
     *
     * @param metadata of a file
     * @param file its path
     * @return time and profile; empty if the file says nothing of them
     * @throws Failure if what it says cannot be read
     */
    static Optional<PostHoc.Snapshot> of(Map<String, String> metadata, Path file) throws Failure {
        String time = metadata.get(TIME);
        String gamma = metadata.get(GAMMA);
        String sigma = metadata.get(SIGMA);
        if (time == null || (gamma == null && sigma == null)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PostHoc.Snapshot(Double.parseDouble(time), exponent(gamma, sigma)));
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    "time and profile in the metadata of " + Text.quoted(file) + " cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private static double exponent(@Nullable String gamma, @Nullable String sigma) {
        return gamma != null
                ? Double.parseDouble(gamma)
                : PowerFunction.gamma(Double.parseDouble(String.valueOf(sigma)));
    }
}
