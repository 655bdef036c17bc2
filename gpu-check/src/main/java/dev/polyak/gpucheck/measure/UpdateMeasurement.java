package dev.polyak.gpucheck.measure;

import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An update of one large tensor, beside a copy of the same memory, which is the limit, and PyTorch's way. */
record UpdateMeasurement(DType source, DType kept, long elements) implements Measurement {
    static final String COPY = "copy";
    private static final List<Torch.Work> AS_PEOPLE_WRITE_IT =
            List.of(Torch.Work.FOREACH_LERP, Torch.Work.TIMM, Torch.Work.COMPOSER, Torch.Work.IGNITE);
    /** So small a decay moves averages in narrow types too, where others would be rounded away. */
    private static final Schedule SCHEDULE = Schedules.decay(0.25);

    @Override
    public String name() {
        return "update " + source + " -> " + kept + ", " + BinaryUnits.of(elements) + " elements";
    }

    @Override
    public long memory() {
        return source.bytes(elements) + kept.bytes(elements);
    }

    @Override
    public Map<String, String> limits() {
        return Map.of(Measurements.UPDATE, COPY);
    }

    @Override
    public Figures run(GpuHarness lab) throws Exception {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("weight", source, elements));
        try (ParameterStore model = ParameterStore.allocate(layout, lab.gpu())) {
            lab.fill(model);
            try (ParameterAverage average = ParameterAverage.builder(model)
                    .schedule(SCHEDULE)
                    .dtype(kept)
                    .build()) {
                long copied = Math.min(source.bytes(elements), kept.bytes(elements));
                List<Contender> ways = new ArrayList<>();
                ways.add(lab.copy(COPY, average.store().address(0), model.address(0), copied, elements));
                ways.add(lab.update(Measurements.UPDATE, average, elements));
                if (kept == DType.F32 && source == DType.F32) {
                    for (Torch.Work work : AS_PEOPLE_WRITE_IT) {
                        ways.addAll(lab.torch(work, 1, elements));
                    }
                    ways.addAll(lab.torch(Torch.Work.COPY, 1, elements));
                } else if (kept == DType.F32 && source == DType.BF16) {
                    ways.addAll(lab.torch(Torch.Work.LERP, 1, elements));
                }
                Race race = lab.race(name(), ways).bandwidth(Measurements.UPDATE, COPY);
                for (Torch.Work work : AS_PEOPLE_WRITE_IT) {
                    race.speed(Measurements.UPDATE, work.label());
                }
                return race.speed(Measurements.UPDATE, Torch.Work.LERP.label())
                        .bandwidth(Torch.Work.COPY.label(), COPY)
                        .figures();
            } finally {
                lab.forgetTorch();
            }
        }
    }
}
