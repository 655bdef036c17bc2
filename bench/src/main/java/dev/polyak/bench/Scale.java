package dev.polyak.bench;

import dev.polyak.bench.work.Pairing;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How much is measured.
 *
 * @param name for results
 * @param rounds how often each way is timed
 * @param backends types in which the backends are compared
 * @param sizes elements of the updates whose cost is followed as it grows
 * @param followed types of those updates, and of those of a real model
 * @param large elements of what is measured at one size, larger than any cache
 * @param tensors how many small tensors are updated
 * @param averages how many averages share a reading
 * @param fileMebibytes size of what is saved and loaded, and of each checkpoint that is folded
 * @param files how many are folded
 * @param gpu how much is measured on a GPU, if at all
 */
public record Scale(
        String name,
        int rounds,
        List<Pairing> backends,
        List<Long> sizes,
        List<Pairing> followed,
        long large,
        List<Integer> tensors,
        List<Integer> averages,
        int fileMebibytes,
        int files,
        Optional<dev.polyak.gpucheck.measure.Scale> gpu) {
    /** Under two minutes on two cores. */
    public static final Scale SHORT = new Scale(
            "short",
            7,
            List.of(Pairing.F32, Pairing.BF16_TO_F32, Pairing.F16_TO_F32, Pairing.F64, Pairing.BF16),
            powers(10, 25, 3),
            List.of(Pairing.F32, Pairing.BF16_TO_F32),
            1L << 24,
            List.of(1, 100, 10_000),
            List.of(4),
            64,
            4,
            Optional.of(dev.polyak.gpucheck.measure.Scale.QUICK));
    /** Half an hour. */
    public static final Scale FULL = new Scale(
            "full",
            25,
            List.of(Pairing.values()),
            powers(10, 30, 1),
            List.of(Pairing.F32, Pairing.BF16_TO_F32, Pairing.F16_TO_F32),
            1L << 27,
            List.of(1, 10, 100, 1000, 10_000, 100_000),
            List.of(1, 2, 4, 8),
            1024,
            10,
            Optional.of(dev.polyak.gpucheck.measure.Scale.FULL));
    /** For tests: nothing that it finds is true. */
    static final Scale TINY = new Scale(
            "tiny",
            3,
            List.of(Pairing.F32, Pairing.F16),
            powers(10, 14, 2),
            List.of(Pairing.F32),
            1L << 14,
            List.of(1, 10),
            List.of(2),
            16,
            2,
            Optional.empty());

    /** The same, with each way timed so often. */
    public Scale withRounds(int times) {
        return new Scale(name, times, backends, sizes, followed, large, tensors, averages, fileMebibytes, files, gpu);
    }

    /** Whether it takes what time it takes. */
    public boolean isFull() {
        return name.equals(FULL.name);
    }

    private static List<Long> powers(int first, int last, int step) {
        return IntStream.iterate(first, power -> power <= last, power -> power + step)
                .mapToLong(power -> 1L << power)
                .boxed()
                .toList();
    }
}
