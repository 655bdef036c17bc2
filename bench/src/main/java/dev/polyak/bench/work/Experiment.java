package dev.polyak.bench.work;

import java.util.List;

/** Ways of doing the same work on the same memory, checked and ready to be timed. For one thread. */
public interface Experiment extends AutoCloseable {
    /** The ways. */
    List<Task> tasks();

    /** Work that does nearly nothing: nobody is faster than the fastest of it. */
    List<Task> limits();

    /** How many elements of a model the work is about. */
    long elements();

    /** Gives memory and files back. */
    @Override
    void close();
}
