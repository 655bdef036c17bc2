package dev.polyak;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Where a {@link ParameterFold} puts the averaged numbers. */
@FunctionalInterface
public interface ChunkSink {
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

    /**
     * The place of a piece, where it may be computed: then it is not written. Called as {@link #write} is, for pieces
     * that need no conversion in the end.
     *
     * @param tensor index of the tensor
     * @param at byte of the tensor at which the piece begins
     * @param bytes how many it has
     * @return native memory of that size, which the fold alone uses while it runs; null, as by default, if the piece is
     *     to be written
     */
    @SuppressWarnings("exports") // @Nullable tells tools that know it
    default @Nullable MemorySegment place(int tensor, long at, long bytes) {
        return null;
    }
}
