package dev.polyak.gpucheck.check;

import dev.polyak.ParameterStore;
import dev.polyak.frameworks.Rules;
import dev.polyak.rule.AverageRule;
import dev.polyak.tensor.DType;

/** A rule that starts at zero, whose value is divided. */
record ZeroStartCheck(DType kept) implements Check {
    @Override
    public String name() {
        return "start at zero and debiased value, " + kept;
    }

    @Override
    public void run(Bench bench, Comparison comparison) {
        AverageRule rule = Rules.optax().with("decay", 0.9).build().rule();
        try (CpuGpuPair twins = new CpuGpuPair(
                bench,
                Tensors.odd(DType.F32, bench.elements()),
                average -> average.rule(rule).dtype(kept))) {
            twins.compare("at zero", comparison);
            for (int n = 1; n <= 3; n++) {
                twins.step(n);
                twins.compare("update " + n, comparison);
                try (ParameterStore reference = twins.reference().value();
                        ParameterStore tested = twins.tested().value()) {
                    comparison.sameNumbers("debiased after update " + n, reference, tested);
                }
            }
        }
    }
}
