package dev.polyak.internal.fold;

import dev.polyak.ChunkSink;
import dev.polyak.internal.store.MemoryStore;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Puts a fold's result into a store; in host memory it is computed in its place. */
public record StoreSink(MemoryStore store) implements ChunkSink {
    @Override
    public void write(int tensor, long at, MemorySegment piece) {
        store.write(tensor, at, piece);
    }

    @Override
    public @Nullable MemorySegment place(int tensor, long at, long bytes) {
        MemorySegment memory = store.memory(tensor);
        return memory == null ? null : memory.asSlice(at, bytes);
    }

    /** How many threads may put pieces. */
    public int threads(int wanted) {
        return Math.min(wanted, store.threads());
    }
}
