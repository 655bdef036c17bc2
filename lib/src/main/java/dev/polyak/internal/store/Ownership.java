package dev.polyak.internal.store;

import dev.polyak.tensor.ParameterLayout;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What becomes of a store's memory: how it is freed, what keeps it alive, and how to learn that it was replaced. */
public final class Ownership {
    private static final @Nullable LongSupplier[] NOBODY_TO_ASK = {};

    private final Runnable closeAction;
    private final @Nullable LongSupplier[] current;

    @SuppressWarnings("UnusedVariable") // what it refers to is not collected meanwhile
    private List<?> owners;

    private volatile boolean closed;
    private boolean closing;

    private Ownership(Runnable closeAction, List<?> owners, @Nullable LongSupplier[] current) {
        this.closeAction = closeAction;
        this.owners = owners;
        this.current = current;
    }

    /** Of memory that is freed by an action. */
    static Ownership of(Runnable closeAction) {
        return new Ownership(closeAction, List.of(), NOBODY_TO_ASK);
    }

    /** Of memory that is others', and must not be freed before this store is closed. */
    static Ownership of(MemoryStore... lenders) {
        return new Ownership(() -> {}, List.of(lenders), NOBODY_TO_ASK);
    }

    /**
     * Of memory that is someone else's.
     *
     * @param closeAction run when the store is closed
     * @param owners objects that are kept from the garbage collector until then
     * @param current for each tensor what says where its memory is now; null where nothing does
     */
    static Ownership of(Runnable closeAction, List<?> owners, List<? extends @Nullable LongSupplier> current) {
        boolean any = current.stream().anyMatch(supplier -> supplier != null);
        return new Ownership(
                closeAction, List.copyOf(owners), any ? current.toArray(LongSupplier[]::new) : NOBODY_TO_ASK);
    }

    boolean isClosed() {
        return closed;
    }

    /** Frees the memory. If that fails it can be tried again. The action may itself close what is being closed. */
    synchronized void close() {
        if (closed || closing) {
            return;
        }
        closing = true;
        try {
            closeAction.run();
            closed = true;
            owners = List.of();
        } finally {
            closing = false;
        }
    }

    /** Refuses memory that is no longer where it was wrapped. Allocates nothing. */
    void requireUnmoved(ParameterLayout layout, MemoryStore store) {
        for (int tensor = 0; tensor < current.length; tensor++) {
            requireUnmoved(tensor, layout, store);
        }
    }

    void requireUnmoved(int tensor, ParameterLayout layout, MemoryStore store) {
        LongSupplier supplier = current.length == 0 ? null : current[tensor];
        if (supplier == null) {
            return;
        }
        long now = supplier.getAsLong();
        if (now != store.address(tensor)) {
            throw new IllegalStateException(String.format(
                    "tensor '%s' was wrapped at 0x%x and is now at 0x%x: its owner has replaced its memory, so nothing "
                            + "was read; wrap the model again after it is loaded or converted",
                    layout.tensor(tensor).name(), store.address(tensor), now));
        }
    }
}
