package dev.polyak.train;

import static java.util.Objects.requireNonNull;

import dev.polyak.AverageCounters;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a checkpoint keeps of an {@link AveragingHandler} besides the numbers of its averages. A handler of the same
 * rules and settings that gets both goes on, bit for bit, as the one that was saved would have.
 *
 * <p>Immutable. Made by {@link AveragingHandler#checkpointSaving()} and {@link #fromMetadata}.
 */
public final class HandlerState {
    private static final String ITERATION = "polyak.train.iteration";
    private static final String EPOCH = "polyak.train.epoch";
    private static final String CALLS = "polyak.train.calls";
    private static final String UPDATES = "polyak.train.updates";
    private static final String MOMENTA = "polyak.train.momenta";
    private static final String SWAPPED = "polyak.train.swapped";

    private final long iteration;
    private final long epoch;
    private final List<AverageCounters> counters;
    private final List<Double> momenta;
    private final boolean swapped;

    HandlerState(long iteration, long epoch, List<AverageCounters> counters, List<Double> momenta, boolean swapped) {
        if (iteration < 0 || epoch < 0 || momenta.isEmpty() || counters.size() != momenta.size()) {
            throw new IllegalArgumentException("no handler can be at iteration " + iteration + " of epoch " + epoch
                    + " with " + momenta.size() + " averages and the updates of " + counters.size());
        }
        this.iteration = iteration;
        this.epoch = epoch;
        this.counters = List.copyOf(counters);
        this.momenta = List.copyOf(momenta);
        this.swapped = swapped;
    }

    /**
     * Number of iterations completed.
     *
     * @return those of gradient accumulation counted once
     */
    public long iteration() {
        return iteration;
    }

    /**
     * Number of epochs completed.
     *
     * @return how many
     */
    public long epoch() {
        return epoch;
    }

    /**
     * How far the (first) average has come.
     *
     * @return its counters; its calls are the handler's firings
     */
    public AverageCounters counters() {
        return counters(0);
    }

    /**
     * How far one of several averages has come.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return its counters; all have the same calls
     * @throws IndexOutOfBoundsException if there is no such average
     */
    public AverageCounters counters(int which) {
        return counters.get(which);
    }

    List<AverageCounters> allCounters() {
        return counters;
    }

    /**
     * The latest weight on the source.
     *
     * @return one for each average, in order; unmodifiable
     */
    public List<Double> momenta() {
        return momenta;
    }

    /**
     * Whether an average was in the model's place at the time, so that the model's own memory held the average.
     * {@link AveragingHandler#modelStore()} and {@link AveragingHandler#averageStore(int)} give the right numbers all
     * the same, and a checkpoint written from them is resumed as any other.
     *
     * @return true during an evaluation
     */
    public boolean swapped() {
        return swapped;
    }

    /**
     * The state as strings, for the metadata of a checkpoint.
     *
     * @return keys, which begin with {@code polyak.train.}, and values; in order, unmodifiable
     */
    public Map<String, String> toMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(ITERATION, String.valueOf(iteration));
        metadata.put(EPOCH, String.valueOf(epoch));
        metadata.put(CALLS, String.valueOf(counters().calls()));
        metadata.put(UPDATES, text(counters.stream().map(AverageCounters::updates)));
        metadata.put(MOMENTA, text(momenta.stream()));
        metadata.put(SWAPPED, String.valueOf(swapped));
        return Collections.unmodifiableMap(metadata);
    }

    /**
     * Reads what {@link #toMetadata()} wrote.
     *
     * @param metadata the strings, others among them
     * @return an equal state
     * @throws IllegalArgumentException if one is missing or cannot be read
     */
    public static HandlerState fromMetadata(Map<String, String> metadata) {
        requireNonNull(metadata, "metadata");
        long iteration = number(metadata, ITERATION);
        long epoch = number(metadata, EPOCH);
        List<Double> momenta = numbers(metadata, MOMENTA);
        return new HandlerState(iteration, epoch, counters(metadata, momenta.size()), momenta, flag(metadata, SWAPPED));
    }

    private static List<AverageCounters> counters(Map<String, String> metadata, int averages) {
        long calls = number(metadata, CALLS);
        String[] updates = get(metadata, UPDATES).split(",", -1);
        if (updates.length == 1) { // earlier versions wrote those of the first average alone
            return Collections.nCopies(averages, new AverageCounters(calls, number(UPDATES, updates[0])));
        }
        return Arrays.stream(updates)
                .map(each -> new AverageCounters(calls, number(UPDATES, each)))
                .toList();
    }

    private static String text(Stream<? extends Number> numbers) {
        return numbers.map(String::valueOf).collect(Collectors.joining(","));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HandlerState that
                && iteration == that.iteration
                && epoch == that.epoch
                && counters.equals(that.counters)
                && momenta.equals(that.momenta)
                && swapped == that.swapped;
    }

    @Override
    public int hashCode() {
        return Objects.hash(iteration, epoch, counters, momenta, swapped);
    }

    @Override
    public String toString() {
        return "HandlerState[iteration=" + iteration + ", epoch=" + epoch + ", counters=" + counters + ", momenta="
                + momenta + ", swapped=" + swapped + "]";
    }

    private static String get(Map<String, String> metadata, String key) {
        String value = metadata.get(key);
        if (value == null) {
            throw new IllegalArgumentException(
                    "this is no state of a handler: '" + key + "' is missing; it was not saved with one");
        }
        return value;
    }

    private static long number(Map<String, String> metadata, String key) {
        return number(key, get(metadata, key));
    }

    private static long number(String key, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + key + "' is no whole number but '" + value + "'", e);
        }
    }

    private static boolean flag(Map<String, String> metadata, String key) {
        return switch (get(metadata, key)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + key + "' is neither true nor false");
        };
    }

    private static List<Double> numbers(Map<String, String> metadata, String key) {
        String value = get(metadata, key);
        try {
            return Arrays.stream(value.split(",", -1)).map(Double::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + key + "' are no numbers but '" + value + "'", e);
        }
    }
}
