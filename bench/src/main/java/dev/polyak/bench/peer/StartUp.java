package dev.polyak.bench.peer;

import dev.polyak.bench.Result;
import dev.polyak.bench.Result.Verdict;
import dev.polyak.gpucheck.measure.Contender;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Race;
import dev.polyak.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How long commands on small files take as whole processes, launcher included. */
public final class StartUp {
    private static final String INSPECT = "polyak inspect";
    private static final String AVERAGE = "polyak average";
    private static final int FILES = 3;
    /** A process takes a fraction of a second, and what else a machine does changes it by a tenth. */
    private static final int ROUNDS = 25;

    private StartUp() {}

    /**
     * Measures them, beside what they may take and beside the import of PyTorch.
     *
     * @param folder where files may be written and deleted again
     */
    public static Result measure(Path folder) throws Exception {
        try (ModelFiles files = new ModelFiles(folder, DType.F32, 1, FILES)) {
            List<Path> first = files.paths().subList(0, 1);
            String[] average = {
                "average", "--ema", "0.999", "-o", files.output().toString()
            };
            List<Contender> ways = List.of(
                    new Contender(INSPECT, 0, () -> Programs.polyak(first, "inspect")),
                    new Contender(AVERAGE, 0, () -> Programs.polyak(files.paths(), average)),
                    allowed(INSPECT, 250),
                    allowed(AVERAGE, 350),
                    new Contender("import torch", 0, Programs::importTorch));
            Figures figures = Race.run("start-up", ROUNDS, ways)
                    .speed(INSPECT, allowance(INSPECT))
                    .speed(AVERAGE, allowance(AVERAGE))
                    .figures();
            return new Result(
                    "start-up", 0, figures, Map.of(), List.of(verdict(figures, INSPECT), verdict(figures, AVERAGE)));
        }
    }

    /** What a command may take, as if it were another way. */
    private static Contender allowed(String command, double millis) {
        return new Contender(allowance(command), 0, () -> millis);
    }

    private static String allowance(String command) {
        return "what " + command + " may take";
    }

    private static Verdict verdict(Figures figures, String command) {
        var speed = figures.ratio(Figures.speed(command, allowance(command)))
                .orElseThrow()
                .spread();
        return new Verdict(command, allowance(command), 1, speed, speed.median() >= 1);
    }
}
