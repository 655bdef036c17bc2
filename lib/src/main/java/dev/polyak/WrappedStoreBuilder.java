package dev.polyak;

import static java.util.Objects.requireNonNull;

import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.store.ForeignMemory;
import dev.polyak.internal.store.WrappedTensors;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Collects the tensors of a store in host memory that someone else owns.
 *
 * <p>Tensors in exactly the same memory, with the same type and shape, are tied weights: one tensor under several
 * names, averaged once. Any other overlap is an error. Not safe for use by several threads.
 *
 * <h2>How long the memory lives</h2>
 *
 * Nothing is copied, so the memory must stay where it is until the store is closed. A framework frees or replaces it
 * when a model is closed, loaded, converted to another type or moved to another device, and says nothing. An average
 * then follows freed memory. So:
 *
 * <ul>
 *   <li>Wrap a model after it has been loaded, converted and moved, and again after it was loaded again.
 *   <li>{@linkplain #keep Keep} its owner.
 *   <li>If the framework can say where a tensor is, {@linkplain #tensor(TensorSpec, LongSupplier) let it}: then every
 *       update looks first, and refuses a tensor that has moved.
 * </ul>
 */
public final class WrappedStoreBuilder {
    private final WrappedTensors tensors = new WrappedTensors();

    WrappedStoreBuilder() {}

    /**
     * Adds a tensor in memory. If the segment's arena is closed while the store is used, the operation fails with a
     * {@link MemoryLostException}. A segment over memory of a framework has no such arena: see above how long its
     * memory lives.
     *
     * @param tensor what it is
     * @param segment its memory: native (not a Java array), of exactly the tensor's bytes, in any alignment
     * @return this builder
     * @throws IllegalArgumentException if the segment is on the Java heap or of another size
     */
    public WrappedStoreBuilder tensor(TensorSpec tensor, MemorySegment segment) {
        requireNonNull(tensor, "tensor");
        requireNonNull(segment, "segment");
        requireFit(tensor, segment);
        tensors.add(tensor, segment, "memory", null);
        return this;
    }

    /**
     * Adds a tensor in memory whose address may change, and is asked for again before the memory is used by an update,
     * a copy or a swap. If it has changed, the operation is refused with an {@link IllegalStateException} before
     * anything is read.
     *
     * @param tensor what it is
     * @param segment its memory, as in {@link #tensor(TensorSpec, MemorySegment)}
     * @param address says where the tensor's memory is at the moment; called often, so it should be cheap
     * @return this builder
     * @throws IllegalArgumentException if the segment is on the Java heap or of another size
     */
    public WrappedStoreBuilder tensor(TensorSpec tensor, MemorySegment segment, LongSupplier address) {
        requireNonNull(tensor, "tensor");
        requireNonNull(segment, "segment");
        requireNonNull(address, "address");
        requireFit(tensor, segment);
        tensors.add(tensor, segment, "memory", address);
        return this;
    }

    /**
     * Adds a tensor by its address. Whether that is right cannot be checked: a wrong one crashes the process, as in C.
     * The JVM wants native access to be enabled for this library, as it does for code that makes such a segment itself.
     *
     * @param tensor what it is
     * @param address address of its first element
     * @return this builder
     * @throws IllegalArgumentException if the address is 0 and the tensor is not empty
     */
    public WrappedStoreBuilder tensor(TensorSpec tensor, long address) {
        requireNonNull(tensor, "tensor");
        tensors.add(tensor, ForeignMemory.at(address, tensor), "memory", null);
        return this;
    }

    /**
     * Adds a tensor by its address, which may change, and is asked for again before the memory is used by an update, a
     * copy or a swap. If it has changed, the operation is refused with an {@link IllegalStateException} before anything
     * is read.
     *
     * @param tensor what it is
     * @param address says where the tensor's first element is at the moment; called often, so it should be cheap
     * @return this builder
     * @throws IllegalArgumentException if the address is 0 and the tensor is not empty
     */
    public WrappedStoreBuilder tensor(TensorSpec tensor, LongSupplier address) {
        requireNonNull(tensor, "tensor");
        requireNonNull(address, "address");
        tensors.add(tensor, ForeignMemory.at(address.getAsLong(), tensor), "memory", address);
        return this;
    }

    /**
     * Adds a tensor in a mapped file. If the file shrinks while it is read, the operation fails with a
     * {@link MemoryLostException} that names the file.
     *
     * @param tensor what it is
     * @param segment its part of the mapping, of exactly the tensor's bytes, in any alignment
     * @param file the file
     * @return this builder
     * @throws IllegalArgumentException if the segment is of another size
     */
    public WrappedStoreBuilder mapped(TensorSpec tensor, MemorySegment segment, Path file) {
        requireNonNull(tensor, "tensor");
        requireNonNull(segment, "segment");
        requireNonNull(file, "file");
        requireFit(tensor, segment);
        tensors.setMapped();
        tensors.add(tensor, segment, file.toString(), null);
        return this;
    }

    /**
     * Keeps an object from the garbage collector until the store is closed: a model or an array whose memory is freed
     * when it is no longer referenced.
     *
     * @param owner what owns memory of the store
     * @return this builder
     */
    public WrappedStoreBuilder keep(Object owner) {
        requireNonNull(owner, "owner");
        tensors.keep(owner);
        return this;
    }

    /**
     * Sets an action to run when the store is closed, for example {@code arena::close}.
     *
     * @param action run at the first close, and at later ones only if it failed; by default nothing
     * @return this builder
     */
    public WrappedStoreBuilder onClose(Runnable action) {
        requireNonNull(action, "action");
        tensors.setCloseAction(action);
        return this;
    }

    /**
     * The store. It is read-only if one of its segments is.
     *
     * @return a store around the memory
     * @throws IllegalArgumentException if two tensors have one name, or share some but not all of their memory
     */
    public HostStore build() {
        return tensors.onHost();
    }

    private static void requireFit(TensorSpec tensor, MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("tensor '" + tensor.name()
                    + "' is on the Java heap, where the garbage collector moves it: allocate its segment in an Arena,"
                    + " or copy the array to an allocated store with write(\"" + tensor.name() + "\", array)");
        }
        if (segment.byteSize() != tensor.bytes()) {
            throw new IllegalArgumentException(
                    "tensor " + tensor + " needs " + tensor.bytes() + " bytes, its segment has " + segment.byteSize());
        }
    }
}
