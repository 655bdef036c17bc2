package dev.polyak.gpucheck.measure;

import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** An update of many small tensors, which is one launch, beside PyTorch's multi-tensor way. */
record ManyTensors(int tensors) implements Measurement {
    private static final long ELEMENTS = 4096;

    @Override
    public String name() {
        return "update of " + tensors + " tensors of " + BinaryUnits.of(ELEMENTS) + " elements, F32";
    }

    @Override
    public long memory() {
        return 2L * tensors * ELEMENTS * Float.BYTES;
    }

    @Override
    public Figures run(GpuHarness lab) throws Exception {
        ParameterLayout layout = ParameterLayout.of(IntStream.range(0, tensors)
                .mapToObj(i -> TensorSpec.parameter("layer" + i, DType.F32, ELEMENTS))
                .toList());
        try (ParameterStore model = ParameterStore.allocate(layout, lab.gpu())) {
            lab.fill(model);
            try (ParameterAverage average = ParameterAverage.builder(model)
                    .schedule(Schedules.decay(0.999))
                    .build()) {
                List<Contender> ways = new ArrayList<>();
                ways.add(lab.update(Measurements.UPDATE, average, tensors * ELEMENTS));
                ways.addAll(lab.torch(Torch.Work.FOREACH_LERP, tensors, ELEMENTS));
                return lab.race(name(), ways)
                        .speed(Measurements.UPDATE, Torch.Work.FOREACH_LERP.label())
                        .figures();
            } finally {
                lab.forgetTorch();
            }
        }
    }
}
