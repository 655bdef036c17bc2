package dev.polyak.bench.work;

/**
 * A way of doing some work.
 *
 * @param name what it is called in results, such as {@code polyak}
 * @param bytes how many it has to read and write
 * @param action does it once
 */
public record Task(String name, long bytes, Action action) {
    /** The name of the library's own way. */
    public static final String OURS = "polyak";
    /** The name of what a C programmer would write. */
    public static final String IN_C = "C";

    /** Something that can be done again and again. */
    @FunctionalInterface
    public interface Action {
        /** Does it. */
        void run() throws Exception;
    }
}
