package dev.polyak.gpucheck.check;

import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import java.util.List;
import java.util.stream.IntStream;

/** Several averages that share each reading, more than one launch takes included; not all act at every call. */
record SeveralCheck(DType source) implements Check {
    private static final int MOST = 9;
    private static final List<UpdateFormula> ORDERS = List.of(UpdateFormula.values());

    @Override
    public String name() {
        return "1 to " + MOST + " averages of one " + source + " model";
    }

    @Override
    public void run(Bench bench, Comparison comparison) {
        for (int count = 1; count <= MOST; count++) {
            List<ScheduledRule> rules =
                    IntStream.range(0, count).mapToObj(SeveralCheck::rule).toList();
            try (CpuGpuPair twins = new CpuGpuPair(
                    bench,
                    Tensors.odd(source, bench.elements()),
                    average -> average.rules(rules).dtype(DType.F32))) {
                for (int n = 1; n <= 6; n++) {
                    twins.step(n);
                    twins.compare(count + " averages, call " + n, comparison);
                }
            }
        }
    }

    private static ScheduledRule rule(int k) {
        return ScheduledRule.of(Schedules.decay(1 - 1.0 / (2 << k)))
                .formula(ORDERS.get(k % ORDERS.size()))
                .every(1 + k % 3)
                .start(k % 4);
    }
}
