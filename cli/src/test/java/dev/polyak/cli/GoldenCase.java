package dev.polyak.cli;

import dev.polyak.testkit.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A case of golden data: the states of a model, what a system's average of them was, and {@code case.json}, which says
 * how that came about.
 *
 * @param folder where it is
 * @param json what {@code case.json} says
 */
public record GoldenCase(Path folder, Map<?, ?> json) {

    /** All cases in a folder of the test resources, in the order of their names. */
    public static Stream<GoldenCase> in(String resource) {
        return in(TestData.path(resource));
    }

    /** All cases in a folder, in the order of their names. */
    public static Stream<GoldenCase> in(Path parent) {
        try (Stream<Path> folders = Files.list(parent)) {
            return folders
                    .filter(folder -> Files.exists(folder.resolve("case.json")))
                    .sorted()
                    .map(GoldenCase::read)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GoldenCase read(Path folder) {
        return new GoldenCase(
                folder, (Map<?, ?>) TestData.json(folder.resolve("case.json")).value());
    }

    /**
     * What the training script says: the system's prefix, the constructor, and how update is called if that matters.
     */
    public String call() {
        String system = (String) json.get("system");
        String prefix = system.contains(" ") ? "" : system.substring(0, system.lastIndexOf('.') + 1);
        String text = prefix + json.get("constructor");
        boolean neverTold =
                ((String) json.get("call")).startsWith("update(model) ") && !text.endsWith(".update(model)");
        return text + (neverTold ? ".update(model)" : "");
    }

    /** {@code --as} and what goes with it. */
    public List<Object> options() {
        List<Object> options = new ArrayList<>(List.of("--as", call()));
        Map.of(
                        "--steps-per-epoch",
                        "steps_per_epoch",
                        "--batch-size",
                        "batch_size",
                        "--every",
                        "every",
                        "--max-steps",
                        "max_steps")
                .forEach((option, key) -> {
                    if (json.get(key) != null) {
                        options.addAll(List.of(option, json.get(key)));
                    }
                });
        return options;
    }

    /** How many states follow the initial one. */
    public int steps() {
        return ((Number) json.get("n_steps")).intValue();
    }

    /** The initial state, and those up to a step. */
    public List<Path> states(int last) {
        return IntStream.rangeClosed(0, last)
                .mapToObj(step -> folder.resolve(String.format(Locale.ROOT, "step-%03d.safetensors", step)))
                .toList();
    }

    /** The weights as the system computed them; empty if there is none for every step. */
    public List<?> weights() {
        return json.get("weights") instanceof List<?> weights ? weights : List.of();
    }

    /** How far a tensor may be off, relative to its largest magnitude; 0 if every bit must be the same. */
    public double tolerance() {
        return json.get("debiased_by") != null || json.get("tolerance_relative") != null ? 1e-6 : 0;
    }

    /** Whether it is an average of averages, which are in the folder too. */
    public boolean isPostHoc() {
        return json.get("posthoc") != null;
    }

    /** What the file of the case's average is called: its system makes several at once. */
    public Path output(Path output) {
        if (!(json.get("std") instanceof Number std)) {
            return output;
        }
        String name = output.getFileName().toString();
        Path own = output.resolveSibling(
                name.replace(".safetensors", String.format(Locale.ROOT, "-%.3f.safetensors", std.doubleValue())));
        return Files.exists(own) ? own : output;
    }

    @Override
    public String toString() {
        return folder.getFileName() + ": " + call();
    }
}
