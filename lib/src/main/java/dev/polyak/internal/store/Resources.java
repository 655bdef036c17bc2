package dev.polyak.internal.store;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What an object owns and frees together, the last first. */
public final class Resources implements AutoCloseable {
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    public <T extends AutoCloseable> T keep(T resource) {
        owned.push(resource);
        return resource;
    }

    /**
     * Frees everything, whatever fails meanwhile, and throws the first failure. What could not be freed is tried again
     * when this is called again.
     */
    @Override
    public void close() {
        RuntimeException failure = null;
        for (AutoCloseable resource : List.copyOf(owned)) {
            try {
                resource.close();
                owned.remove(resource);
            } catch (Exception e) {
                RuntimeException next =
                        e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
                if (failure == null) {
                    failure = next;
                } else {
                    failure.addSuppressed(next);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Frees everything after what was wanted is done: a failure does not undo that, and is only logged. */
    void discard() {
        try {
            close();
        } catch (RuntimeException e) {
            System.getLogger("dev.polyak")
                    .log(Level.WARNING, "something that was used could not be freed: " + e.getMessage());
        }
    }
}
