package dev.polyak.checkpoint.framework;

import dev.polyak.HostStore;
import dev.polyak.checkpoint.Checkpoint;

/**
 * A state in open files.
 *
 * @param state all entries under their names, in the files' memory
 * @param files what keeps that memory
 */
record OpenState(HostStore state, Checkpoint files) implements AutoCloseable {
    @Override
    public void close() {
        state.close();
        files.close();
    }
}
