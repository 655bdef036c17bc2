package dev.polyak.gpucheck.measure;

import dev.polyak.NonFinitePolicy;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.gpucheck.base.ResourceScope;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/** Updates that look for infinities and NaNs, where there are none, beside one that does not look. */
record PolicyPrice(DType source, long elements) implements Measurement {
    private static final List<NonFinitePolicy> POLICIES =
            List.of(NonFinitePolicy.FOLD, NonFinitePolicy.SKIP_ELEMENT, NonFinitePolicy.SKIP_UPDATE);

    @Override
    public String name() {
        return "policies for infinities and NaNs, " + source + " -> F32, " + BinaryUnits.of(elements) + " elements";
    }

    @Override
    public long memory() {
        return source.bytes(elements) + POLICIES.size() * DType.F32.bytes(elements);
    }

    @Override
    public Figures run(GpuHarness lab) throws Exception {
        try (ResourceScope owned = new ResourceScope()) {
            ParameterStore model = owned.keep(ParameterStore.allocate(
                    ParameterLayout.of(TensorSpec.parameter("weight", source, elements)), lab.gpu()));
            lab.fill(model);
            List<Contender> ways = new ArrayList<>();
            for (NonFinitePolicy policy : POLICIES) {
                ParameterAverage average = owned.keep(ParameterAverage.builder(model)
                        .schedule(Schedules.decay(0.999))
                        .dtype(DType.F32)
                        .nonFinite(policy)
                        .build());
                ways.add(lab.update(policy.name(), average, elements));
            }
            return lab.race(name(), ways)
                    .speed(NonFinitePolicy.SKIP_ELEMENT.name(), NonFinitePolicy.FOLD.name())
                    .speed(NonFinitePolicy.SKIP_UPDATE.name(), NonFinitePolicy.FOLD.name())
                    .figures();
        }
    }
}
