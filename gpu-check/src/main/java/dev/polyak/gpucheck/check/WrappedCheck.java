package dev.polyak.gpucheck.check;

import dev.polyak.ParameterStore;
import dev.polyak.WrappedDeviceStoreBuilder;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;

/** Foreign tensors that begin anywhere: one after the other, each an odd number of elements behind the last. */
record WrappedCheck(DType source, DType kept) implements Check {
    @Override
    public String name() {
        return "foreign tensors at odd addresses, " + source + " -> " + kept;
    }

    @Override
    public void run(Bench bench, Comparison comparison) {
        ParameterLayout layout = Tensors.odd(source, bench.elements());
        int size = source.bits() / Byte.SIZE;
        long bytes = layout.tensors().stream()
                .mapToLong(tensor -> tensor.bytes() + size)
                .sum();
        CudaMemory memory = CudaMemory.allocate(bench.gpu().index(), bytes, "foreign tensors");
        WrappedDeviceStoreBuilder wrapped = ParameterStore.wrap(bench.gpu()).onClose(memory::close);
        long address = memory.address() + size;
        for (TensorSpec tensor : layout.tensors()) {
            wrapped.tensor(tensor, address);
            address += tensor.bytes() + size;
        }
        try (CpuGpuPair twins = new CpuGpuPair(
                bench,
                wrapped.build(),
                average -> average.schedule(Schedules.decay(0.75)).dtype(kept))) {
            for (int n = 1; n <= 3; n++) {
                twins.step(n);
                twins.compare("update " + n, comparison);
            }
            twins.tested().swap().close();
            twins.reference().swap().close();
            comparison.sameBits(
                    "the model after a swap",
                    twins.reference().online(),
                    twins.tested().online());
        }
    }
}
