package dev.polyak.checkpoint;

import static dev.polyak.checkpoint.Trained.LAYOUT;

import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.SwappedAverage;
import dev.polyak.checkpoint.framework.FrameworkCheckpoint;
import dev.polyak.checkpoint.framework.scheme.AveragedState;
import dev.polyak.checkpoint.framework.scheme.StateScheme;
import dev.polyak.rule.AverageRule;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** A training with mmengine's hook that crashes again and again ends in the bits of one that does not. */
class CrashAndResumeTest {
    private static final int STEPS = 20;

    @Property(tries = 100)
    void theBitsAreThoseOfTheUninterruptedRun(
            @ForAll("hooks") String hook,
            @ForAll boolean singlePrecision,
            @ForAll boolean savedDuringEvaluation,
            @ForAll @Size(max = 4) List<@IntRange(max = STEPS) Integer> crashes)
            throws IOException {
        AverageRule rule = Trained.rule(hook);
        ParameterLayout layout = LAYOUT.map(
                tensor -> tensor.name().equals("fc.weight") && !singlePrecision ? tensor.as(DType.BF16) : tensor);
        Path path = Files.createTempFile("hook", ".safetensors");
        try (Trained straight = Trained.begin(layout, rule).step(0, STEPS);
                Trained interrupted = Trained.begin(layout, rule)) {
            Trained run = interrupted;
            int step = 0;
            for (int crash : new TreeSet<>(crashes)) {
                run.step(step, crash);
                save(path, run.average(), savedDuringEvaluation);
                run.close();
                run = resume(path, layout, rule);
                step = crash;
            }
            run.step(step, STEPS).requireSame(straight);
            run.close();
        } finally {
            Files.delete(path);
        }
    }

    @Provide
    Arbitrary<String> hooks() {
        return Combinators.combine(
                        Arbitraries.of(
                                "momentum=0.1",
                                "ema_type='MomentumAnnealingEMA', momentum=0.05, gamma=3",
                                "ema_type='StochasticWeightAverage'"),
                        Arbitraries.of(
                                "begin_iter=0", "begin_iter=1", "begin_iter=7", "begin_iter=18", "begin_epoch=3"),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.of("True", "False"))
                .as((type, begin, interval, buffers) -> "EMAHook(" + type + ", " + begin + ", interval=" + interval
                        + ", update_buffers=" + buffers + ")");
    }

    private static void save(Path path, ParameterAverage average, boolean duringEvaluation) {
        try {
            if (!duringEvaluation) {
                FrameworkCheckpoint.write(path, StateScheme.MMENGINE, average);
                return;
            }
            try (SwappedAverage swapped = average.swap()) {
                FrameworkCheckpoint.write(
                        path,
                        StateScheme.MMENGINE,
                        new AveragedState(average.rule(), average.counters(), swapped.average(0), swapped.model()));
            }
        } catch (CheckpointException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a new process does: a new model gets the raw weights, wherever they are in the file. */
    private static Trained resume(Path path, ParameterLayout layout, AverageRule rule) throws CheckpointException {
        ParameterStore model = Trained.model(layout);
        try (FrameworkCheckpoint saved = FrameworkCheckpoint.open(path)) {
            model.copyFrom(saved.model().orElseThrow());
            return new Trained(model, saved.resume(model, rule));
        }
    }
}
