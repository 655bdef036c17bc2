package dev.polyak.cli.average;

import dev.polyak.cli.rule.Averages;
import dev.polyak.rule.AverageRule;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One average, and the file that it goes to.
 *
 * @param rule how it is made
 * @param file where it goes
 */
record Target(AverageRule rule, Path file) {

    /** The file of each of several averages: the output with the average's suffix before its extension. */
    static List<Target> of(Averages averages, Path output) {
        return IntStream.range(0, averages.rules().size())
                .mapToObj(i -> new Target(
                        averages.rules().get(i),
                        withSuffix(output, averages.suffixes().get(i))))
                .toList();
    }

    private static Path withSuffix(Path output, String suffix) {
        if (suffix.isEmpty()) {
            return output;
        }
        String name = output.getFileName().toString();
        int dot = name.lastIndexOf('.');
        int end = dot > 0 ? dot : name.length();
        return output.resolveSibling(name.substring(0, end) + suffix + name.substring(end));
    }
}
