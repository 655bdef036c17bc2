package dev.polyak.gpucheck.check;

import dev.polyak.NonFinitePolicy;
import dev.polyak.ParameterAverage;
import dev.polyak.error.NonFiniteException;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;

/** What a policy leaves out, and how much it says that it left. */
record NonFiniteCheck(NonFinitePolicy policy, DType source) implements Check {
    @Override
    public String name() {
        return policy + " of infinities and NaNs in " + source;
    }

    @Override
    public void run(Bench bench, Comparison comparison) {
        try (CpuGpuPair twins = new CpuGpuPair(
                bench,
                Tensors.odd(source, bench.elements()),
                average ->
                        average.schedule(Schedules.decay(0.75)).dtype(DType.F32).nonFinite(policy))) {
            for (int n = 1; n <= 4; n++) {
                twins.feed(n, n % 2 == 0);
                comparison.same("thrown", update(twins.reference()), update(twins.tested()));
                twins.compare("update " + n, comparison);
            }
            comparison.same(
                    "elements left",
                    twins.reference().skippedElements(),
                    twins.tested().skippedElements());
            comparison.same(
                    "updates left",
                    twins.reference().skippedUpdates(),
                    twins.tested().skippedUpdates());
        }
    }

    private static int update(ParameterAverage average) {
        try {
            average.update();
            return 0;
        } catch (NonFiniteException e) {
            return 1;
        }
    }
}
