package dev.polyak.gpucheck.measure;

import java.time.Duration;
import java.util.List;

/**
 * How much is checked and measured.
 *
 * @param checked elements of the largest tensors whose bits are checked
 * @param updated elements of the updates that are timed, for each number of them
 * @param shared elements of the models that several averages, policies and swaps are timed with
 * @param copied bytes that pass between host and GPU
 * @param offloaded parameters of the models whose averages are off the GPU
 * @param raced parameters of the model whose average off the GPU is timed beside other work and PyTorch
 * @param tensors how many small tensors are updated at once
 * @param rounds how often each way is timed
 * @param warmUp how long each way is run before
 */
public record Scale(
        int checked,
        List<Long> updated,
        long shared,
        long copied,
        List<Long> offloaded,
        long raced,
        int tensors,
        int rounds,
        Duration warmUp) {
    /** Some minutes on a large GPU. */
    public static final Scale FULL = new Scale(
            400_009,
            List.of(1L << 10, 1L << 15, 1L << 20, 1L << 24, 1L << 27, 1L << 30),
            1L << 28,
            1L << 30,
            List.of(100_000_000L, 1_000_000_000L, 7_000_000_000L),
            1_000_000_000L,
            2000,
            40,
            Duration.ofMillis(150));
    /** A minute. */
    public static final Scale QUICK = new Scale(
            70_001,
            List.of(1L << 10, 1L << 20, 1L << 24, 1L << 27),
            1L << 24,
            1L << 26,
            List.of(10_000_000L),
            10_000_000L,
            2000,
            10,
            Duration.ofMillis(100));
}
