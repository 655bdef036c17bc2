package dev.polyak.gpucheck.check;

import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/** Parameters, buffers, integers of every size and booleans side by side, with calls that do not average between. */
record TreatmentCheck(IntegerPolicy integers, BufferPolicy buffers) implements Check {
    @Override
    public String name() {
        return "integers " + integers + ", buffers " + buffers;
    }

    @Override
    public void run(Bench bench, Comparison comparison) {
        for (UpdateFormula formula : List.of(UpdateFormula.LERP, UpdateFormula.MUL_ADD, UpdateFormula.BLEND)) {
            try (CpuGpuPair twins = new CpuGpuPair(
                    bench,
                    model(bench.elements()),
                    average -> average.rule(ScheduledRule.of(Schedules.decay(0.75))
                            .formula(formula)
                            .every(2)
                            .start(2)
                            .integers(integers)
                            .buffers(buffers)))) {
                for (int n = 1; n <= 5; n++) {
                    twins.step(n);
                    twins.compare(formula + ", call " + n, comparison);
                }
            }
        }
    }

    private static ParameterLayout model(int elements) {
        List<TensorSpec> tensors = new ArrayList<>();
        for (DType type : Tensors.FLOATS) {
            tensors.add(TensorSpec.parameter("parameter " + type, type, 129));
            tensors.add(TensorSpec.buffer("buffer " + type, type, 77));
        }
        for (DType type : Tensors.INTEGERS) {
            tensors.add(TensorSpec.buffer("integers " + type, type, elements / Tensors.INTEGERS.size() + 1));
            tensors.add(TensorSpec.buffer("counter " + type, type));
        }
        tensors.add(TensorSpec.buffer("mask", DType.BOOL, 31));
        return ParameterLayout.of(tensors);
    }
}
