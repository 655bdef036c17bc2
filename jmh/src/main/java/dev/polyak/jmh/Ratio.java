package dev.polyak.jmh;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/**
 * What came out of a race with certain parameters.
 *
 * @param race simple name of the race
 * @param parameters the parameters, by name
 * @param laps how often each way was timed
 * @param bytes what the work has to read and write
 * @param ours microseconds that it took our way
 * @param reference microseconds that it took the other way
 * @param speed reference time by our time, taken lap by lap
 */
record Ratio(
        String race,
        Map<String, String> parameters,
        int laps,
        long bytes,
        Spread ours,
        Spread reference,
        Spread speed) {

    static Ratio of(RunResult run) {
        String benchmark = run.getParams().getBenchmark();
        String type = benchmark.substring(0, benchmark.lastIndexOf('.'));
        Map<String, String> parameters = new LinkedHashMap<>();
        run.getParams()
                .getParamsKeys()
                .forEach(key -> parameters.put(key, run.getParams().getParam(key)));
        double[] ours = values(run, "ours");
        double[] reference = values(run, "reference");
        double[] speed = new double[ours.length];
        for (int i = 0; i < speed.length; i++) {
            speed[i] = reference[i] / ours[i];
        }
        return new Ratio(
                type.substring(type.lastIndexOf('.') + 1),
                parameters,
                ours.length,
                (long) values(run, "bytes")[0],
                Spread.of(ours),
                Spread.of(reference),
                Spread.of(speed));
    }

    /** Gigabytes per second at a number of microseconds. */
    double gigabytesPerSecond(Spread micros) {
        return bytes / micros.median() / 1000;
    }

    @Override
    public String toString() {
        return "%-12s %-58s ours %12.1f us (%12.1f to %12.1f) %6.1f GB/s   reference %12.1f us (%12.1f to %12.1f) %6.1f GB/s   speed %.3f (%.3f to %.3f)"
                .formatted(
                        race,
                        parameters,
                        ours.median(),
                        ours.lower(),
                        ours.upper(),
                        gigabytesPerSecond(ours),
                        reference.median(),
                        reference.lower(),
                        reference.upper(),
                        gigabytesPerSecond(reference),
                        speed.median(),
                        speed.lower(),
                        speed.upper());
    }

    private static double[] values(RunResult run, String counter) {
        return run.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .flatMap(iteration -> value(iteration, counter))
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    private static Stream<Double> value(IterationResult iteration, String counter) {
        return Stream.of(Objects.requireNonNull(iteration.getSecondaryResults().get(counter), counter)
                .getScore());
    }
}
