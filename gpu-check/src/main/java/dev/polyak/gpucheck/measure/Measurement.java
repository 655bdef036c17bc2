package dev.polyak.gpucheck.measure;

/** Something whose time is of interest. */
public interface Measurement {
    /** What is measured, for people. */
    String name();

    /** Memory of the GPU that it takes, in bytes. */
    long memory();

    /** Measures it. */
    Figures run(Lab lab) throws Exception;
}
