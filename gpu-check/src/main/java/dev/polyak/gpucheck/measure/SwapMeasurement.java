package dev.polyak.gpucheck.measure;

import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import java.util.Map;

/** The average into the model's place and out again, by the host's clock, as a swap waits for its end. */
record SwapMeasurement(long elements) implements Measurement {
    private static final String SWAP = "swap and back";
    private static final String COPY = "copy";

    @Override
    public String name() {
        return "swap F32, " + BinaryUnits.of(elements) + " elements";
    }

    @Override
    public long memory() {
        return 2 * DType.F32.bytes(elements);
    }

    @Override
    public Map<String, String> limits() {
        return Map.of(SWAP, COPY);
    }

    @Override
    public Figures run(GpuHarness lab) throws Exception {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("weight", DType.F32, elements));
        try (ParameterStore model = ParameterStore.allocate(layout, lab.gpu())) {
            lab.fill(model);
            try (ParameterAverage average = ParameterAverage.builder(model)
                    .schedule(Schedules.decay(0.999))
                    .build()) {
                long bytes = layout.byteSize();
                Contender swap = new Contender(SWAP, 2 * 4 * bytes, () -> {
                    long begin = System.nanoTime();
                    average.swap().close();
                    return (System.nanoTime() - begin) / 1e6;
                });
                Contender copy = lab.copy(COPY, average.store().address(0), model.address(0), bytes, elements);
                return lab.race(name(), List.of(swap, copy))
                        .bandwidth(SWAP, COPY)
                        .figures();
            }
        }
    }
}
