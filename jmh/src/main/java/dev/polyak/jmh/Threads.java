package dev.polyak.jmh;

/** How many threads work. */
public enum Threads {
    /** The caller alone. */
    ONE,
    /** As many as there are processors. */
    ALL;

    int count() {
        return this == ONE ? 1 : Runtime.getRuntime().availableProcessors();
    }
}
