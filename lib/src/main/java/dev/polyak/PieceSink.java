package dev.polyak;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Where a {@link ParameterFold} puts the averaged numbers. */
@FunctionalInterface
public interface PieceSink {
    /**
     * Takes a piece of a tensor. Called by several threads at once, in no order; every byte of every tensor comes once,
     * tied tensors under the first of their names alone.
     *
     * @param tensor index of the tensor in {@link ParameterFold#layout()}
     * @param at byte of the tensor at which the piece begins
     * @param piece the bytes; valid until this method returns
     * @throws IOException if it cannot be stored; ends the fold
     */
    void write(int tensor, long at, MemorySegment piece) throws IOException;
}
