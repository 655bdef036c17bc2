package dev.polyak.bench.lab;

import dev.polyak.bench.work.Experiment;
import dev.polyak.bench.work.Experiments;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What runs in a {@link Worker}: answers each line with a line, until there are no more. */
final class WorkerMain {
    /** How long OpenMP's threads wait actively, which must not fall into the next lap. */
    private static final long SPIN_NANOS = 10_000_000;

    private final Map<Integer, Experiment> experiments = new HashMap<>();
    private final Map<Integer, CalibratedTask[]> tasks = new HashMap<>();

    private boolean spinning;

    private WorkerMain() {}

    /** Answers standard input on standard output. */
    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // so that nobody else answers
        WorkerMain worker = new WorkerMain();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            out.println(worker.answer(line));
        }
    }

    private String answer(String line) {
        String[] words = line.split(" ", 2);
        try {
            return switch (words[0]) {
                case "open" -> open(words[1]);
                case "lap" -> lap(words[1].split(" ", -1));
                default -> close(Integer.parseInt(words[1]));
            };
        } catch (Exception | AssertionError | OutOfMemoryError e) {
            return "error: " + line + ": " + e.toString().replaceAll("\\s+", " ");
        }
    }

    private String open(String spec) throws Exception {
        Experiment experiment = Experiments.open(spec);
        int number = tasks.size();
        experiments.put(number, experiment);
        StringBuilder answer = new StringBuilder()
                .append(number)
                .append(OpenExperiment.FIELD)
                .append(experiment.elements())
                .append(OpenExperiment.FIELD)
                .append(experiment.tasks().size());
        CalibratedTask[] timed = Stream.concat(
                        experiment.tasks().stream().map(CalibratedTask::way),
                        experiment.limits().stream().map(CalibratedTask::limit))
                .toArray(CalibratedTask[]::new);
        for (CalibratedTask each : timed) {
            answer.append(OpenExperiment.FIELD)
                    .append(each.task().name())
                    .append(OpenExperiment.FIELD)
                    .append(each.task().bytes());
            each.warmUp();
        }
        tasks.put(number, timed);
        return answer.toString();
    }

    private String lap(String[] numbers) throws Exception {
        CalibratedTask timed =
                Objects.requireNonNull(tasks.get(Integer.parseInt(numbers[0])))[Integer.parseInt(numbers[1])];
        if (spinning && !timed.spins()) {
            LockSupport.parkNanos(SPIN_NANOS);
        }
        spinning = timed.spins();
        return Double.toString(timed.lap());
    }

    private String close(int number) {
        Objects.requireNonNull(experiments.remove(number)).close();
        tasks.put(number, new CalibratedTask[0]);
        return "closed";
    }
}
