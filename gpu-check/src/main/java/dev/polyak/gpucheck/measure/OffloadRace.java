package dev.polyak.gpucheck.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Updates of an average off the GPU, beside what PyTorch's users do: one tensor after the other, in the training. */
record OffloadRace(long elements) implements Measurement {
    /** For each parameter: PyTorch's averages, its pinned staging, and what is on its way. */
    private static final int TORCH_BYTES = 4 + 4 + 2 + 2;

    @Override
    public String name() {
        return String.format(Locale.ROOT, "average off the GPU and in PyTorch, BF16 -> F32, %,d parameters", elements);
    }

    @Override
    public long memory() {
        return 3 * Offloaded.onGpu(elements); // PyTorch has models of its own
    }

    @Override
    public long hostMemory() {
        return Offloaded.onHost(elements, Offloaded.STAGED) + TORCH_BYTES * elements;
    }

    @Override
    public Figures run(GpuHarness lab) throws Exception {
        try (Offloaded offloaded = new Offloaded(lab, elements, Offloaded.STAGED)) {
            List<Contender> ways = new ArrayList<>();
            ways.add(offloaded.overlapped(Measurements.UPDATE_OFF_GPU, Offloaded.updated(elements)));
            for (Torch.Work work : List.of(Torch.Work.ON_CPU, Torch.Work.ON_CPU_PINNED)) {
                ways.addAll(lab.torch(work, Offloaded.TENSORS, elements / Offloaded.TENSORS, 1));
            }
            return lab.race(name(), Offloaded.MOST_ROUNDS, ways)
                    .speed(Measurements.UPDATE_OFF_GPU, Torch.Work.ON_CPU.label())
                    .speed(Measurements.UPDATE_OFF_GPU, Torch.Work.ON_CPU_PINNED.label())
                    .figures();
        } finally {
            lab.forgetTorch();
        }
    }
}
