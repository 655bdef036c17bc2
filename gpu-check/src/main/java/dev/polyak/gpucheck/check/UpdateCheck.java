package dev.polyak.gpucheck.check;

import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;

/** Updates in every order, with weights on both sides of one half and at the ends. */
record UpdateCheck(DType source, DType kept) implements Check {
    private static final double[] WEIGHTS = {0.0005, 0.5, 1 / 3.0, 0.75, 0, 0.9999, 0x1p-30, 1, 0.25};
    private static final Schedule SCHEDULE = n -> WEIGHTS[(int) (n - 1)];

    @Override
    public String name() {
        return "update " + source + " -> " + kept + ", " + UpdateFormula.values().length + " orders, " + WEIGHTS.length
                + " weights";
    }

    @Override
    public void run(Bench bench, Comparison comparison) {
        for (UpdateFormula formula : UpdateFormula.values()) {
            try (CpuGpuPair twins = new CpuGpuPair(
                    bench,
                    Tensors.odd(source, bench.elements()),
                    average -> average.rule(ScheduledRule.of(SCHEDULE).formula(formula))
                            .dtype(kept))) {
                for (int n = 1; n <= WEIGHTS.length; n++) {
                    twins.step(n);
                    twins.compare(formula + " with weight " + SCHEDULE.weight(n), comparison);
                }
            }
        }
    }
}
