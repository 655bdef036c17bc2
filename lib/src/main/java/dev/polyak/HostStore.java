package dev.polyak;

import static java.util.Objects.requireNonNull;

import dev.polyak.internal.store.HostMemoryStore;
import java.lang.foreign.MemorySegment;

/** A store in host memory, which Java can address. */
public sealed interface HostStore extends ParameterStore permits HostMemoryStore {
    /**
     * A store as one in host memory, for when it is known to be there. If it is not, ask with {@code store instanceof
     * HostStore host}.
     *
     * @param store a store
     * @return the same
     * @throws IllegalArgumentException if it is on a GPU, whose memory Java cannot address
     */
    static HostStore of(ParameterStore store) {
        requireNonNull(store, "store");
        if (store instanceof HostStore host) {
            return host;
        }
        throw new IllegalArgumentException("this store is on " + store.device()
                + ", whose memory Java cannot address: read() it, or copy it to a store on the CPU (copyFrom)");
    }

    /**
     * The memory of one tensor.
     *
     * @param tensor its index in the layout
     * @return a segment of exactly the tensor's bytes; read-only if the store is
     * @throws IndexOutOfBoundsException if there is no such tensor
     */
    MemorySegment segment(int tensor);

    /**
     * The memory of one tensor.
     *
     * @param name its name, exactly as in the layout
     * @return a segment of exactly the tensor's bytes; read-only if the store is
     * @throws IllegalArgumentException if no tensor has that name; the message says which one may have been meant
     */
    default MemorySegment segment(String name) {
        requireNonNull(name, "name");
        return segment(layout().requireIndex(name));
    }
}
