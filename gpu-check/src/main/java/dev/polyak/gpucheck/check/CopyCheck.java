package dev.polyak.gpucheck.check;

import dev.polyak.Device;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;

/** Copies between all types, on the GPU and between it and the host. */
record CopyCheck() implements Check {
    @Override
    public String name() {
        return "copy and convert between 4 types, on the GPU and across";
    }

    @Override
    public void run(Bench bench, Comparison comparison) {
        for (DType from : Tensors.FLOATS) {
            ParameterLayout layout = Tensors.odd(from, bench.elements());
            try (ParameterStore host = ParameterStore.allocate(layout, Device.cpu());
                    ParameterStore gpu = ParameterStore.allocate(layout, bench.gpu())) {
                CpuGpuPair.feed(bench.numbers(), host, 1, false);
                CpuGpuPair.feed(bench.numbers(), gpu, 1, false);
                comparison.sameBits(from + " written", host, gpu);
                for (DType to : Tensors.FLOATS) {
                    copy(host, gpu, layout.map(tensor -> tensor.as(to)), from + " -> " + to, comparison);
                }
            }
        }
    }

    private static void copy(
            ParameterStore host, ParameterStore gpu, ParameterLayout to, String what, Comparison comparison) {
        try (ParameterStore expected = ParameterStore.allocate(to, Device.cpu());
                ParameterStore onGpu = ParameterStore.allocate(to, gpu.device());
                ParameterStore brought = ParameterStore.allocate(to, Device.cpu());
                ParameterStore sent = ParameterStore.allocate(to, gpu.device())) {
            expected.copyFrom(host);
            onGpu.copyFrom(gpu);
            brought.copyFrom(gpu);
            sent.copyFrom(host);
            comparison.sameNumbers(what + " on the GPU", expected, onGpu);
            comparison.sameNumbers(what + " to the host", expected, brought);
            comparison.sameNumbers(what + " to the GPU", expected, sent);
        }
    }
}
