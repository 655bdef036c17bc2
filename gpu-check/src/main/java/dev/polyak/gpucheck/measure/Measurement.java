package dev.polyak.gpucheck.measure;

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

    /** Measures it. */
    Figures run(Lab lab) throws Exception;
}
