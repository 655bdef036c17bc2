package dev.polyak.gpucheck.check;

import dev.polyak.Device;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaStream;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;

/** An average off the GPU takes none of its memory for numbers: about as much is free while it is there as before. */
record OffloadMemoryCheck() implements Check {
    /** Of a model so large that one could not miss a copy of it. */
    private static final long ELEMENTS = 1 << 24;
    /** What the driver takes for streams, whatever they copy: 2 MiB for every fourth, on an H200. */
    private static final long FOR_STREAMS = 8 << 20;

    @Override
    public String name() {
        return "average off the GPU, no memory of the GPU for its numbers";
    }

    @Override
    public void run(Bench bench, Comparison comparison) throws InterruptedException {
        int gpu = bench.gpu().index();
        try (ParameterStore model = ParameterStore.allocate(
                        ParameterLayout.of(TensorSpec.parameter("weight", DType.BF16, ELEMENTS)), bench.gpu());
                CudaStream training = CudaStream.create(gpu);
                ParameterAverage first = averaging(model)) {
            first.update(training).await(); // what the driver takes once, for whatever comes
            long before = free(gpu);
            try (ParameterAverage second = averaging(model)) {
                second.update(training).await();
                comparison.same("bytes taken, streams aside", 0, Math.max(0, before - free(gpu) - FOR_STREAMS));
            }
        }
    }

    private static long free(int gpu) {
        return Cuda.device(gpu).freeMemory();
    }

    private static ParameterAverage averaging(ParameterStore model) {
        return ParameterAverage.builder(model)
                .schedule(Schedules.decay(0.75))
                .device(Device.cpu())
                .build();
    }
}
