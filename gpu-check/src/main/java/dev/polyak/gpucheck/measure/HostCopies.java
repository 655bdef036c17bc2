package dev.polyak.gpucheck.measure;

import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.internal.cuda.PinnedMemory;
import java.util.List;

/** Copies between page-locked memory of the host and the GPU: what its averages of models elsewhere are limited by. */
record HostCopies(long bytes) implements Measurement {
    @Override
    public String name() {
        return "copies between host and GPU, " + BinaryUnits.of(bytes) + "B";
    }

    @Override
    public long memory() {
        return bytes;
    }

    @Override
    public Figures run(GpuHarness lab) throws Exception {
        int gpu = lab.gpu().index();
        try (PinnedMemory host = PinnedMemory.allocate(gpu, bytes);
                CudaMemory device = CudaMemory.allocate(gpu, bytes, "copies")) {
            host.segment().fill((byte) 1); // so that its pages are there
            long here = host.segment().address();
            long there = device.address();
            return lab.race(
                            name(),
                            List.of(
                                    lab.enqueued("host to GPU", bytes, bytes, queue -> queue.copy(there, here, bytes)),
                                    lab.enqueued("GPU to host", bytes, bytes, queue -> queue.copy(here, there, bytes))))
                    .figures();
        }
    }
}
