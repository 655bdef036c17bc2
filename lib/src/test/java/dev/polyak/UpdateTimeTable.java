package dev.polyak;

import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Prints how long an update takes for every pair of types, a line each: the pair, a tab, and the median in
 * milliseconds, of one thread and 16 Mi elements. The JDK matrix compares these tables: a vector operation that a JDK
 * does not compile takes three to nine times as long.
 */
final class UpdateTimeTable {
    private static final int ELEMENTS = 16 << 20;
    private static final int WARM_UPS = 6;
    private static final int UPDATES = 11;
    private static final List<DType> TYPES = List.of(DType.F32, DType.F64, DType.BF16, DType.F16);

    private UpdateTimeTable() {}

    public static void main(String[] arguments) {
        for (DType source : TYPES) {
            try (ParameterStore model = ParameterStore.allocate(
                    ParameterLayout.of(TensorSpec.parameter("w", source, ELEMENTS)), Device.cpu())) {
                fill(model);
                for (DType kept : TYPES) {
                    System.out.println(String.format(Locale.ROOT, "%s -> %s\t%.2f", source, kept, median(model, kept)));
                }
            }
        }
    }

    /** Small numbers of both signs, all of them finite and normal in every type. */
    private static void fill(ParameterStore model) {
        ParameterLayout floats = model.layout().map(tensor -> tensor.as(DType.F32));
        try (ParameterStore numbers = Numbers.random(floats, 1)) {
            model.copyFrom(numbers);
        }
    }

    private static double median(ParameterStore model, DType kept) {
        try (ParameterAverage average = ParameterAverage.builder(model)
                .schedule(Schedules.decay(0.999))
                .dtype(kept)
                .threads(1)
                .build()) {
            double[] milliseconds = new double[UPDATES];
            for (int i = -WARM_UPS; i < UPDATES; i++) {
                long start = System.nanoTime();
                average.update();
                milliseconds[Math.max(i, 0)] = (System.nanoTime() - start) / 1e6;
            }
            Arrays.sort(milliseconds);
            return milliseconds[UPDATES / 2];
        }
    }
}
