package dev.polyak.gpucheck.measure;

import java.util.Map;

/** Something whose time is of interest. */
public interface Measurement {
    /** What is measured, for people. */
    String name();

    /** Memory of the GPU that it takes, in bytes. */
    long memory();

    /** Memory of the host that it takes, in bytes, if that is much. */
    default long hostMemory() {
        return 0;
    }

    /** Elements of the model that is updated or copied; 0 if it is not about one. */
    default long elements() {
        return 0;
    }

    /** For ways that have one, the way that is their limit. */
    default Map<String, String> limits() {
        return Map.of();
    }

    /** Measures it. */
    Figures run(GpuHarness lab) throws Exception;
}
