package dev.polyak.internal.store;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What an object owns and frees together, the last first. */
public final class Resources implements AutoCloseable {
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    public <T extends AutoCloseable> T keep(T resource) {
        owned.push(resource);
        return resource;
    }

    /** Frees everything, whatever fails meanwhile, and throws the first failure. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!owned.isEmpty()) {
            failure = close(owned.pop(), failure);
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

    private static @Nullable RuntimeException close(AutoCloseable resource, @Nullable RuntimeException before) {
        try {
            resource.close();
            return before;
        } catch (Exception e) {
            RuntimeException failure =
                    e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
            if (before == null) {
                return failure;
            }
            before.addSuppressed(failure);
            return before;
        }
    }
}
