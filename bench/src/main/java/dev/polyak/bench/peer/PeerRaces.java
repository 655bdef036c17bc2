package dev.polyak.bench.peer;

import dev.polyak.bench.Result;
import dev.polyak.bench.Result.Verdict;
import dev.polyak.bench.Scale;
import dev.polyak.bench.work.Model;
import dev.polyak.bench.work.Pairing;
import dev.polyak.bench.work.Task;
import dev.polyak.bench.work.Tensors;
import dev.polyak.gpucheck.measure.Contender;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Race;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The library beside PyTorch: each way once in every round, every formula's bits compared before it is timed. */
public final class PeerRaces {
    private static final int WARM_UPS = 20;
    /** A lap takes seconds. */
    private static final int MOST_ROUNDS_OF_FILES = 9;

    private static final int FILES_OF_A_PROCESS = 5;
    /** How long PyTorch's threads wait actively after their work, which must not fall into our lap. */
    private static final long SPIN_NANOS = 10_000_000;

    private final TorchPeer torch;
    private final Scale scale;
    private final Path folder;
    private final Consumer<Result> listener;
    private final String chapter;

    private PeerRaces(TorchPeer torch, Scale scale, Path folder, Consumer<Result> listener) {
        this.torch = torch;
        this.scale = scale;
        this.folder = folder;
        this.listener = listener;
        chapter = "PyTorch " + torch.version();
    }

    /**
     * Runs the races; all of them at full scale, a few otherwise.
     *
     * @param torch the other
     * @param scale how often each way is timed, and how large and many files are
     * @param threads the most threads, at least 1
     * @param folder where files may be written and deleted again
     * @param listener is told of every finding as it is found
     * @throws Exception if PyTorch or the folder fails
     */
    public static void run(TorchPeer torch, Scale scale, int threads, Path folder, Consumer<Result> listener)
            throws Exception {
        PeerRaces races = new PeerRaces(torch, scale, folder, listener);
        if (!scale.isFull()) {
            races.someUpdates(threads);
            return;
        }
        for (int count : IntStream.of(1, threads).distinct().toArray()) {
            races.updates(count);
            races.folds(count);
        }
        races.processes();
    }

    /** What most people write, in a minute. */
    private void someUpdates(int threads) throws Exception {
        update(Formula.FOREACH_LERP, Pairing.F32, Tensors.GPT2, threads, 0.97);
        update(Formula.LERP, Pairing.BF16_TO_F32, Tensors.GPT2, threads, 3);
        update(Formula.TIMM, Pairing.F32, Tensors.GPT2, threads, 10);
    }

    private void updates(int threads) throws Exception {
        update(Formula.FOREACH_LERP, Pairing.F32, Tensors.GPT2, threads, 0.97);
        update(Formula.LERP, Pairing.F32, Tensors.GPT2, threads, 0.97);
        update(Formula.LERP, Pairing.F32, Tensors.of(1, Tensors.GPT2.elements()), threads, 0.97);
        update(Formula.LERP, Pairing.BF16_TO_F32, Tensors.GPT2, threads, 3);
        update(Formula.LERP, Pairing.F16_TO_F32, Tensors.GPT2, threads, 3);
        update(Formula.TIMM, Pairing.F32, Tensors.GPT2, threads, 10);
        update(Formula.COMPOSER, Pairing.F32, Tensors.GPT2, threads, 10);
        update(Formula.IGNITE, Pairing.F32, Tensors.GPT2, threads, 1.2);
        update(Formula.FOREACH_LERP, Pairing.F32, Tensors.of(20_000, 1024), threads, 3);
    }

    private void update(Formula formula, Pairing types, Tensors tensors, int threads, double least) throws Exception {
        torch.threads(threads);
        SameBits.check(torch, formula, types, threads, folder);
        torch.make(formula, types.source(), tensors);
        try (Model model = new Model(types, formula.formula(), tensors, threads)) {
            long bytes = tensors.elements() * types.bytesMoved();
            Contender ours = new Contender(Task.OURS, bytes, () -> calmMillis(model::update));
            Contender theirs = new Contender(formula.label(), bytes, torch::millis);
            for (int i = 0; i < WARM_UPS; i++) {
                ours.lap().millis();
            }
            race(
                    formula.formula() + " of " + types + " " + tensors.name() + ", " + threads(threads),
                    tensors.elements(),
                    scale.rounds(),
                    least,
                    ours,
                    theirs);
        }
    }

    private void folds(int threads) throws Exception {
        fold(Pairing.F32, threads, 1.3);
        fold(Pairing.BF16_TO_F32, threads, 3);
    }

    private void fold(Pairing types, int threads, double least) throws Exception {
        torch.threads(threads);
        try (ModelFiles files = new ModelFiles(folder, types.source(), scale.fileMebibytes(), scale.files());
                FoldedFiles fold = new FoldedFiles(files, types.kept(), threads)) {
            torch.makeFold(files.paths());
            race(
                    "fold of " + files + ", " + threads(threads),
                    files.elements(),
                    Math.min(scale.rounds(), MOST_ROUNDS_OF_FILES),
                    least,
                    new Contender(Task.OURS, files.bytes(), () -> calmMillis(fold::run)),
                    new Contender("PyTorch load_file and lerp_", files.bytes(), torch::millis));
        }
    }

    private void processes() throws Exception {
        try (ModelFiles files =
                new ModelFiles(folder, Pairing.F32.source(), scale.fileMebibytes() / 2, FILES_OF_A_PROCESS)) {
            race(
                    "average of " + files + ", as a process",
                    files.elements(),
                    Math.min(scale.rounds(), MOST_ROUNDS_OF_FILES),
                    5,
                    new Contender(Task.OURS, files.bytes(), () -> Programs.equalAverage(files.paths(), files.output())),
                    new Contender(
                            "timm avg_checkpoints.py",
                            files.bytes(),
                            () -> Programs.timm(files.paths(), files.output())));
        }
    }

    private static double calmMillis(Task.Action action) throws Exception {
        LockSupport.parkNanos(SPIN_NANOS);
        return Clock.millis(action);
    }

    private void race(String name, long elements, int rounds, double least, Contender ours, Contender theirs)
            throws Exception {
        Figures figures = Race.run(chapter + ": " + name, rounds, List.of(ours, theirs))
                .speed(ours.name(), theirs.name())
                .figures();
        var speed = figures.ratios().get(0).spread();
        listener.accept(new Result(
                chapter,
                elements,
                figures,
                Map.of(),
                List.of(new Verdict(ours.name(), theirs.name(), least, speed, speed.median() >= least))));
    }

    private static String threads(int count) {
        return count == 1 ? "1 thread" : count + " threads";
    }
}
