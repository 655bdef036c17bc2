package dev.polyak.cli.average;

import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Text;
import dev.polyak.frameworks.PostHoc;
import dev.polyak.frameworks.PowerFunction;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A file with a power-function average.
 *
 * @param file where it is
 * @param given time and profile; null if the file's metadata have them
 */
record StoredSnapshot(Path file, PostHoc.@Nullable Snapshot given) {

    /** Time and profile, given or as the file's metadata have them. */
    PostHoc.Snapshot profile(Map<String, String> metadata) throws Failure {
        if (given != null) {
            return given;
        }
        Optional<PostHoc.Snapshot> stored = StoredProfile.of(metadata, file);
        return stored.orElseThrow(() -> new Failure(Text.quoted(file)
                + " does not say of which profile and time it is; name it as --snapshot FILE:SIGMA:TIME"));
    }

    /** Reads {@code FILE:SIGMA:TIME}. A file's name may have colons itself. */
    static final class Converter implements ITypeConverter<StoredSnapshot> {
        @Override
        public StoredSnapshot convert(String text) {
            int time = text.lastIndexOf(':');
            int sigma = text.lastIndexOf(':', time - 1);
            if (sigma < 1) {
                throw new TypeConversionException("'" + text + "' is not FILE:SIGMA:TIME");
            }
            double width = number(text.substring(sigma + 1, time));
            try {
                return new StoredSnapshot(
                        Path.of(text.substring(0, sigma)),
                        new PostHoc.Snapshot(number(text.substring(time + 1)), PowerFunction.gamma(width)));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }

        private static double number(String text) {
            try {
                return Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is not a number");
            }
        }
    }
}
