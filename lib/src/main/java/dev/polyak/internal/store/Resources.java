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

    /**
     * Frees everything, whatever fails meanwhile, and throws the first failure. What could not be freed stays owned, so
     * that a second call tries it again.
     */
    @Override
    public void close() {
        Deque<AutoCloseable> left = new ArrayDeque<>();
        RuntimeException failure = null;
        while (!owned.isEmpty()) {
            AutoCloseable resource = owned.pop();
            RuntimeException now = failureOf(resource);
            if (now != null) {
                left.add(resource);
                if (failure == null) {
                    failure = now;
                } else {
                    failure.addSuppressed(now);
                }
            }
        }
        owned.addAll(left);
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

    private static @Nullable RuntimeException failureOf(AutoCloseable resource) {
        try {
            resource.close();
            return null;
        } catch (RuntimeException e) {
            return e;
        } catch (Exception e) {
            return new IllegalStateException(e);
        }
    }
}
