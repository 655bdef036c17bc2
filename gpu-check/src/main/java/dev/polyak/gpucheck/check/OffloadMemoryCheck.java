package dev.polyak.gpucheck.check;

import dev.polyak.DType;
import dev.polyak.Device;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaStream;
import dev.polyak.schedule.Schedules;

/** An average off the GPU takes none of its memory: as much is free while it is there as before. */
record OffloadMemoryCheck() implements Check {
    @Override
    public String name() {
        return "average off the GPU, no memory of the GPU taken";
    }

    @Override
    public void run(Bench bench, Comparison comparison) throws InterruptedException {
        int gpu = bench.gpu().index();
        try (ParameterStore model = ParameterStore.allocate(Tensors.odd(DType.BF16, bench.elements()), bench.gpu());
                CudaStream training = CudaStream.create(gpu);
                ParameterAverage first = averaging(model)) {
            first.update(training).await(); // what the driver takes once, for whatever comes
            long before = free(gpu);
            try (ParameterAverage second = averaging(model)) {
                second.update(training).await();
                comparison.same("bytes free", before, free(gpu));
            }
        }
    }

    private static long free(int gpu) {
        return Cuda.device(gpu).freeMemory();
    }

    private static ParameterAverage averaging(ParameterStore model) {
        return ParameterAverage.builder(model)
                .schedule(Schedules.decay(0.75))
                .keptOn(Device.cpu())
                .build();
    }
}
