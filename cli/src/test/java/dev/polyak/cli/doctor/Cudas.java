package dev.polyak.cli.doctor;

import dev.polyak.cuda.CudaAvailability;
import dev.polyak.cuda.CudaDevice;
import java.util.List;

/** What machines could have of CUDA. */
final class Cudas {
    private Cudas() {}

    record Found(
            State state,
            String explanation,
            String library,
            String runtimeVersion,
            String driverVersion,
            List<CudaDevice> devices,
            List<String> tried)
            implements CudaAvailability {}

    record Gpu(int index, String name, long memory, int major, int minor, int multiprocessors) implements CudaDevice {
        @Override
        public long freeMemory() {
            return memory / 2;
        }
    }
}
