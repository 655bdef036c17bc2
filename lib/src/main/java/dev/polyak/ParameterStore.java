package dev.polyak;

import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import java.lang.foreign.MemorySegment;

/**
 * The tensors of a model in memory: a {@linkplain ParameterLayout layout}, and memory on one {@linkplain Device
 * device}, the host or a GPU.
 *
 * <p>A store is {@linkplain #allocate allocated}, with all tensors side by side, or {@linkplain #wrap() wrapped} around
 * memory that someone else owns: a framework's direct buffers, or a mapped checkpoint. Numbers are little-endian, as in
 * memory on x86 and Arm.
 *
 * <p>A store may be used by any thread if its memory may (an allocated store's always may). It does not order accesses:
 * whoever writes to it while another thread averages it gets a mixture. What a store on a GPU does by itself comes
 * after the work enqueued on the GPU's default stream before, and is done on return; who writes to it on a stream that
 * does not synchronise with the default one waits first.
 */
public sealed interface ParameterStore extends AutoCloseable permits MemoryStore {

    /**
     * A store with memory of its own, filled with zeros, every tensor at a multiple of
     * {@link ParameterLayout#ALIGNMENT} bytes.
     *
     * @param layout its tensors
     * @param device where
     * @return the store; closing it frees the memory
     * @throws OutOfMemoryError if there is not that much host memory; the message says how much was asked for and which
     *     flag limits it
     * @throws CudaException if there is no such GPU, or not that much memory on it; the message says how much was asked
     *     for and how much is free
     */
    static ParameterStore allocate(ParameterLayout layout, Device device) {
        return MemoryStore.allocate(layout, device);
    }

    /**
     * Begins a store around memory that someone else owns, which is not copied.
     *
     * @return a builder to which the tensors are added
     */
    static WrappedStoreBuilder wrap() {
        return new WrappedStoreBuilder();
    }

    /**
     * The tensors.
     *
     * @return the layout; its offsets hold for allocated stores
     */
    ParameterLayout layout();

    /**
     * Where the memory is.
     *
     * @return the device
     */
    Device device();

    /**
     * Whether the store can only be read, as a mapped checkpoint.
     *
     * @return true if nothing can be written
     */
    boolean isReadOnly();

    /**
     * The memory of one tensor.
     *
     * @param tensor its index in the layout
     * @return a segment of exactly the tensor's bytes; read-only if the store is
     * @throws IndexOutOfBoundsException if there is no such tensor
     * @throws UnsupportedOperationException if the store is on a GPU, whose memory Java cannot address
     */
    MemorySegment segment(int tensor);

    /**
     * The memory of one tensor.
     *
     * @param name its name, exactly as in the layout
     * @return a segment of exactly the tensor's bytes; read-only if the store is
     * @throws IllegalArgumentException if no tensor has that name
     * @throws UnsupportedOperationException if the store is on a GPU, whose memory Java cannot address
     */
    default MemorySegment segment(String name) {
        int tensor = layout().indexOf(name);
        if (tensor < 0) {
            throw new IllegalArgumentException("there is no tensor '" + name + "'");
        }
        return segment(tensor);
    }

    /**
     * The address of one tensor, on the store's device.
     *
     * @param tensor its index in the layout
     * @return an address in host memory, or a device pointer
     * @throws IndexOutOfBoundsException if there is no such tensor
     */
    long address(int tensor);

    /**
     * Copies bytes of one tensor, wherever they are, to memory that Java can address.
     *
     * @param tensor its index in the layout
     * @param at the first byte, counted from the beginning of the tensor
     * @param into takes as many bytes as it has; native or on the heap
     * @throws IndexOutOfBoundsException if there is no such tensor, or it has not so many bytes
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    void read(int tensor, long at, MemorySegment into);

    /**
     * Copies bytes from memory that Java can address to one tensor, wherever it is.
     *
     * @param tensor its index in the layout
     * @param at the first byte to be written, counted from the beginning of the tensor
     * @param from the bytes; native or on the heap
     * @throws IndexOutOfBoundsException if there is no such tensor, or it has not so many bytes
     * @throws UnsupportedOperationException if this store is read-only
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    void write(int tensor, long at, MemorySegment from);

    /**
     * Where the memory of one tensor comes from, for messages.
     *
     * @param tensor its index in the layout
     * @return a file's path, or {@code "memory"}
     */
    String origin(int tensor);

    /**
     * Looks whether mapped files still have all bytes of the tensors. Use this to tell which of several files is at
     * fault when something that read their memory has failed. It reads the last byte of each tensor; other memory than
     * that of mapped files is not looked at.
     *
     * @throws MemoryLostException if a file has become too short; the message names it
     */
    void requirePresent();

    /**
     * Copies every tensor of another store into this one, matched {@linkplain LayoutMatch by name}, rounded to nearest
     * even where this store's floating-point type is narrower. All checks come before the first write.
     *
     * @param source the store to copy from
     * @throws IllegalArgumentException if a tensor of this store has no counterpart of its shape and a convertible type
     *     in the source
     * @throws UnsupportedOperationException if this store is read-only
     * @throws MemoryLostException if memory was lost meanwhile; this store is then a mixture
     */
    void copyFrom(ParameterStore source);

    /**
     * Exchanges the numbers of this store with those of the same tensors in another, in the same types, in place. All
     * checks come before the first write.
     *
     * @param other the store to exchange with; what it has beyond this store's tensors stays
     * @throws IllegalArgumentException if a tensor of this store has no counterpart of its shape and type in the other
     * @throws UnsupportedOperationException if one of the stores is read-only
     * @throws MemoryLostException if memory was lost meanwhile; both stores are then mixtures
     */
    void swap(ParameterStore other);

    /** Releases what the store owns: its memory or its mapping. A second call does nothing. */
    @Override
    void close();
}
