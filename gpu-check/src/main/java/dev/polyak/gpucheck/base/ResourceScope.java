package dev.polyak.gpucheck.base;

import java.util.ArrayDeque;
import java.util.Deque;

/** Things that end together, the last first. */
public final class ResourceScope implements AutoCloseable {
    private final Deque<AutoCloseable> things = new ArrayDeque<>();

    /** Keeps a thing until this is closed. */
    public <T extends AutoCloseable> T keep(T thing) {
        things.add(thing);
        return thing;
    }

    /** Closes everything, whatever fails meanwhile, and throws the first failure. */
    @Override
    public void close() {
        AutoCloseable first = things.poll();
        if (first != null) {
            try (first) {
                close(); // what came later ends before
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
