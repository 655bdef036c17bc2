package dev.polyak.gpucheck.measure;

import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.cuda.CudaStream;
import dev.polyak.gpucheck.base.ResourceScope;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import java.util.stream.Stream;

/** Four averages that share each reading of the model, beside four that each read it for themselves. */
record SeveralAverages(DType source, long elements) implements Measurement {
    private static final List<ScheduledRule> RULES = Stream.of(0.9, 0.99, 0.999, 0.9999)
            .map(decay -> ScheduledRule.of(Schedules.decay(decay)))
            .toList();
    private static final String TOGETHER = "one update of " + RULES.size();
    private static final String APART = RULES.size() + " updates";

    @Override
    public String name() {
        return RULES.size() + " averages of one model, " + source + " -> F32, " + BinaryUnits.of(elements)
                + " elements";
    }

    @Override
    public long memory() {
        return source.bytes(elements) + 2L * RULES.size() * DType.F32.bytes(elements);
    }

    @Override
    public Figures run(GpuHarness lab) throws Exception {
        try (ResourceScope owned = new ResourceScope()) {
            ParameterStore model = owned.keep(ParameterStore.allocate(
                    ParameterLayout.of(TensorSpec.parameter("weight", source, elements)), lab.gpu()));
            lab.fill(model);
            ParameterAverage together = owned.keep(averaging(model, RULES));
            List<ParameterAverage> apart = RULES.stream()
                    .map(rule -> owned.keep(averaging(model, List.of(rule))))
                    .toList();
            long bytes = apart.stream().mapToLong(GpuHarness::bytesMoved).sum();
            return lab.race(
                            name(),
                            List.of(
                                    lab.update(TOGETHER, together, elements),
                                    lab.enqueued(APART, bytes, elements, queue -> update(apart, queue))))
                    .speed(TOGETHER, APART)
                    .figures();
        }
    }

    private static void update(List<ParameterAverage> averages, CudaStream queue) {
        averages.forEach(average -> average.update(queue));
    }

    private static ParameterAverage averaging(ParameterStore model, List<ScheduledRule> rules) {
        return ParameterAverage.builder(model).rules(rules).dtype(DType.F32).build();
    }
}
