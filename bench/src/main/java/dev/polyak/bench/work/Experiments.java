package dev.polyak.bench.work;

import dev.polyak.NonFinitePolicy;
import java.nio.file.Path;
import java.util.Locale;

/** Every experiment, by the first word of its {@link Spec}. */
public final class Experiments {
    private Experiments() {}

    /** Makes an experiment and checks its bits; files go below the system's temporary folder. */
    public static Experiment open(Spec spec) throws Exception {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        return switch (spec.kind()) {
            case "update", "update-alone" ->
                new UpdateExperiment(
                        spec.types(),
                        spec.formula(),
                        spec.tensors(),
                        spec.number("threads"),
                        spec.kind().equals("update-alone"));
            case "several" ->
                new SeveralExperiment(spec.types(), spec.tensors(), spec.number("averages"), spec.number("threads"));
            case "non-finite" ->
                new NonFiniteExperiment(
                        NonFinitePolicy.valueOf(spec.text("policy")),
                        spec.types(),
                        spec.tensors().elements());
            case "swap" -> new SwapExperiment(spec.tensors(), spec.number("threads"));
            case "fold" ->
                new FoldExperiment(folder, spec.number("files"), spec.number("mebibytes"), spec.number("threads"));
            case "save", "load" ->
                new FileExperiment(
                        folder,
                        spec.number("mebibytes"),
                        FileExperiment.Direction.valueOf(spec.kind().toUpperCase(Locale.ROOT)));
            default -> throw new IllegalArgumentException("there is no experiment '" + spec.kind() + "'");
        };
    }

    /** The same, from the spec's words. */
    public static Experiment open(String spec) throws Exception {
        return open(Spec.parse(spec));
    }
}
