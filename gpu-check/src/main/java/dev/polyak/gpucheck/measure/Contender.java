package dev.polyak.gpucheck.measure;

/**
 * A way of doing some work.
 *
 * @param name what it is called in the figures
 * @param bytes how many it has to read and write; 0 if nobody knows
 * @param lap does it once and tells how long that took
 */
public record Contender(String name, long bytes, Lap lap) {
    /** Work that tells how long it took. */
    @FunctionalInterface
    public interface Lap {
        /** Milliseconds. */
        double millis() throws Exception;
    }
}
