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
    private final AverageCounters counters;
    private final List<Double> momenta;
    private final boolean swapped;

    HandlerState(long iteration, long epoch, AverageCounters counters, List<Double> momenta, boolean swapped) {
        if (iteration < 0 || epoch < 0 || momenta.isEmpty()) {
            throw new IllegalArgumentException("no handler can be at iteration " + iteration + " of epoch " + epoch
                    + " with " + momenta.size() + " averages");
        }
        this.iteration = iteration;
        this.epoch = epoch;
        this.counters = counters;
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
     * How far the average has come.
     *
     * @return its counters; its calls are the handler's firings
     */
    public AverageCounters counters() {
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
        metadata.put(CALLS, String.valueOf(counters.calls()));
        metadata.put(UPDATES, String.valueOf(counters.updates()));
        metadata.put(MOMENTA, momenta.stream().map(String::valueOf).collect(Collectors.joining(",")));
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
        return new HandlerState(
                number(metadata, ITERATION),
                number(metadata, EPOCH),
                new AverageCounters(number(metadata, CALLS), number(metadata, UPDATES)),
                numbers(metadata, MOMENTA),
                flag(metadata, SWAPPED));
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
        String value = get(metadata, key);
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
