package dev.polyak.internal.store;

import dev.polyak.error.MemoryLostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Finds out whose memory was lost when an operation on several stores failed. The JVM says only that some memory is
 * gone, and may say so a little late: the stores are asked one by one.
 */
public final class LostMemory {
    private static final int MOST_NAMES = 5;

    private LostMemory() {}

    /**
     * The exception for a failure: a {@link MemoryLostException} that names the file or tensor if memory was lost. What
     * is not about memory is given back as it is.
     *
     * @param tensor name of the tensor at which the operation failed
     * @param stores all stores that the operation reads or writes
     */
    public static RuntimeException explain(Throwable cause, String tensor, MemoryStore... stores) {
        return explain(cause, tensor, Arrays.asList(stores));
    }

    /** The same for a list of stores. */
    public static RuntimeException explain(Throwable cause, String tensor, List<? extends MemoryStore> stores) {
        if (cause instanceof InternalError) {
            for (MemoryStore store : stores) {
                try {
                    store.requirePresent();
                } catch (MemoryLostException e) {
                    return e;
                }
            }
            return new MemoryLostException(
                    "a file was truncated or could not be read while tensor '" + tensor + "' was used (" + files(stores)
                            + "); restore the file and start again",
                    cause);
        } else if (cause instanceof IllegalStateException) {
            return new MemoryLostException(
                    "the memory of tensor '" + tensor
                            + "' was closed while it was used; close it only after the average",
                    cause);
        } else if (cause instanceof RuntimeException exception) {
            return exception;
        } else if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(cause);
    }

    private static String files(List<? extends MemoryStore> stores) {
        List<String> files = stores.stream()
                .filter(MemoryStore::isMapped)
                .map(store -> store.origin(0))
                .distinct()
                .toList();
        return files.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
                + (files.size() > MOST_NAMES ? " or one of " + (files.size() - MOST_NAMES) + " more" : "");
    }
}
