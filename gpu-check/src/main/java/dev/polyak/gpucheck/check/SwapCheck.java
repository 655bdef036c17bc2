package dev.polyak.gpucheck.check;

import dev.polyak.SwappedAverage;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;

/** The average takes the model's place, and leaves it again. */
record SwapCheck(DType source, DType kept) implements Check {
    @Override
    public String name() {
        return "swap " + source + " and " + kept + (source == kept ? ", in place" : ", by way of the host");
    }

    @Override
    public void run(Bench bench, Comparison comparison) {
        try (CpuGpuPair twins = new CpuGpuPair(
                bench,
                Tensors.odd(source, bench.elements()),
                average -> average.schedule(Schedules.decay(0.75)).dtype(kept))) {
            twins.step(1);
            try (SwappedAverage reference = twins.reference().swap();
                    SwappedAverage tested = twins.tested().swap()) {
                comparison.sameNumbers(
                        "in the model's place",
                        twins.reference().online(),
                        twins.tested().online());
                comparison.sameBits("the model meanwhile", reference.model(), tested.model());
            }
            comparison.sameBits(
                    "the model afterwards",
                    twins.reference().online(),
                    twins.tested().online());
            twins.compare("the average afterwards", comparison);
        }
    }
}
