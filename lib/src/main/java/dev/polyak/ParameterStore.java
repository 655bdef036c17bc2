package dev.polyak;

import static java.util.Objects.requireNonNull;

import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.store.ArrayCopy;
import dev.polyak.internal.store.HostMemoryStore;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * The tensors of a model in memory: a {@linkplain ParameterLayout layout}, and memory on one {@linkplain Device
 * device}, the host or a GPU. A store in host memory is a {@link HostStore}, whose memory Java can address.
 *
 * <p>A store is {@linkplain #allocate allocated}, with all tensors side by side, or {@linkplain #wrap() wrapped} around
 * memory that someone else owns: a framework's direct buffers, or a mapped checkpoint. Numbers are little-endian, as in
 * memory on x86 and Arm.
 *
 * <p>A store may be used by any thread if its memory may (an allocated store's always may); what would touch memory
 * that is confined to another thread is refused before the first write. A store does not order accesses: whoever writes
 * to it while another thread averages it gets a mixture. What a store on a GPU does by itself comes after the work
 * enqueued on the GPU's default stream before, and is done on return; who writes to it on a stream that does not
 * synchronise with the default one waits first.
 */
public sealed interface ParameterStore extends AutoCloseable permits HostStore, MemoryStore {

    /**
     * A store with host memory of its own, filled with zeros, every tensor at a multiple of
     * {@link ParameterLayout#ALIGNMENT} bytes.
     *
     * @param layout its tensors
     * @return the store; closing it frees the memory
     * @throws OutOfMemoryError if there is not that much host memory; the message says how much was asked for and which
     *     flag limits it
     */
    static HostStore allocate(ParameterLayout layout) {
        requireNonNull(layout, "layout");
        return HostMemoryStore.allocate(layout);
    }

    /**
     * A store with memory of its own on a device, filled with zeros, every tensor at a multiple of
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
        requireNonNull(layout, "layout");
        requireNonNull(device, "device");
        return MemoryStore.allocate(layout, device);
    }

    /**
     * A store with host memory of its own, filled from Java arrays. They are copied: what is in them later does not
     * reach the store, until it is {@linkplain #write(String, float[]) written} again.
     *
     * @param layout its tensors
     * @param arrays for the name of each floating-point tensor its elements, row by row; a tied tensor needs one under
     *     one of its names. Other tensors begin as zeros.
     * @return the store; closing it frees the memory
     * @throws IllegalArgumentException if an array is missing, has another length than its tensor or a name that no
     *     tensor has, or two tied names have different arrays
     * @throws OutOfMemoryError if there is not that much host memory
     */
    static HostStore copyOf(ParameterLayout layout, Map<String, float[]> arrays) {
        requireNonNull(layout, "layout");
        requireNonNull(arrays, "arrays");
        return ArrayCopy.toStore(layout, arrays);
    }

    /**
     * Begins a store around host memory that someone else owns, which is not copied.
     *
     * @return a builder to which the tensors are added
     */
    static WrappedStoreBuilder wrap() {
        return new WrappedStoreBuilder();
    }

    /**
     * Begins a store around memory of a device that someone else owns, which is not copied.
     *
     * @param device where the memory is: a GPU, or the host
     * @return a builder to which the tensors are added
     */
    static WrappedDeviceStoreBuilder wrap(Device device) {
        requireNonNull(device, "device");
        return new WrappedDeviceStoreBuilder(device);
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
     * Copies bytes of one tensor. The same as {@link #read(int, long, MemorySegment)}, by name.
     *
     * @param tensor its name, exactly as in the layout
     * @param at the first byte, counted from the beginning of the tensor
     * @param into takes as many bytes as it has; native or on the heap
     * @throws IllegalArgumentException if no tensor has that name
     * @throws IndexOutOfBoundsException if the tensor has not so many bytes
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    default void read(String tensor, long at, MemorySegment into) {
        requireNonNull(tensor, "tensor");
        requireNonNull(into, "into");
        read(layout().requireIndex(tensor), at, into);
    }

    /**
     * Copies all elements of one tensor into an array. A copy goes at the speed of memory if the tensor is F32.
     * Elements of F64, BF16 and F16 are also converted, by this thread, and rounded once, to nearest even.
     *
     * @param tensor its index in the layout
     * @param into an array of as many floats as the tensor has elements
     * @throws IndexOutOfBoundsException if there is no such tensor
     * @throws IllegalArgumentException if the length is another, or the tensor is not of a floating-point type
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    void read(int tensor, float[] into);

    /**
     * Copies all elements of one tensor into an array. The same as {@link #read(int, float[])}, by name.
     *
     * @param tensor its name, exactly as in the layout
     * @param into an array of as many floats as the tensor has elements
     * @throws IllegalArgumentException if no tensor has that name, the length is another, or the tensor is not of a
     *     floating-point type
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    default void read(String tensor, float[] into) {
        requireNonNull(tensor, "tensor");
        requireNonNull(into, "into");
        read(layout().requireIndex(tensor), into);
    }

    /**
     * Copies all elements of one tensor into an array. A copy goes at the speed of memory if the tensor is F64.
     * Elements of F32, BF16 and F16 are also converted, by this thread, and rounded once, to nearest even.
     *
     * @param tensor its index in the layout
     * @param into an array of as many doubles as the tensor has elements
     * @throws IndexOutOfBoundsException if there is no such tensor
     * @throws IllegalArgumentException if the length is another, or the tensor is not of a floating-point type
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    void read(int tensor, double[] into);

    /**
     * Copies all elements of one tensor into an array. The same as {@link #read(int, double[])}, by name.
     *
     * @param tensor its name, exactly as in the layout
     * @param into an array of as many doubles as the tensor has elements
     * @throws IllegalArgumentException if no tensor has that name, the length is another, or the tensor is not of a
     *     floating-point type
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    default void read(String tensor, double[] into) {
        requireNonNull(tensor, "tensor");
        requireNonNull(into, "into");
        read(layout().requireIndex(tensor), into);
    }

    /**
     * Copies all bytes of one tensor into a buffer. Numbers are little-endian, in the tensor's own type; the order of
     * the buffer does not matter.
     *
     * @param tensor its index in the layout
     * @param into a buffer with as many bytes between its position and limit as the tensor has; these two stay
     * @throws IndexOutOfBoundsException if there is no such tensor
     * @throws IllegalArgumentException if the length is another
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    void read(int tensor, ByteBuffer into);

    /**
     * Copies all bytes of one tensor into a buffer. The same as {@link #read(int, ByteBuffer)}, by name.
     *
     * @param tensor its name, exactly as in the layout
     * @param into a buffer with as many bytes between its position and limit as the tensor has; these two stay
     * @throws IllegalArgumentException if no tensor has that name, the length is another
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    default void read(String tensor, ByteBuffer into) {
        requireNonNull(tensor, "tensor");
        requireNonNull(into, "into");
        read(layout().requireIndex(tensor), into);
    }

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
     * Copies bytes to one tensor. The same as {@link #write(int, long, MemorySegment)}, by name.
     *
     * @param tensor its name, exactly as in the layout
     * @param at the first byte to be written, counted from the beginning of the tensor
     * @param from the bytes; native or on the heap
     * @throws IllegalArgumentException if no tensor has that name
     * @throws IndexOutOfBoundsException if the tensor has not so many bytes
     * @throws UnsupportedOperationException if this store is read-only
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    default void write(String tensor, long at, MemorySegment from) {
        requireNonNull(tensor, "tensor");
        requireNonNull(from, "from");
        write(layout().requireIndex(tensor), at, from);
    }

    /**
     * Copies an array into one tensor, all of it. A copy goes at the speed of memory if the tensor is F32. Elements of
     * F64, BF16 and F16 are also converted, by this thread, and rounded once, to nearest even.
     *
     * @param tensor its index in the layout
     * @param values an array of as many floats as the tensor has elements
     * @throws IndexOutOfBoundsException if there is no such tensor
     * @throws IllegalArgumentException if the length is another, or the tensor is not of a floating-point type
     * @throws UnsupportedOperationException if this store is read-only
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    void write(int tensor, float[] values);

    /**
     * Copies an array into one tensor, all of it. The same as {@link #write(int, float[])}, by name.
     *
     * @param tensor its name, exactly as in the layout
     * @param values an array of as many floats as the tensor has elements
     * @throws IllegalArgumentException if no tensor has that name, the length is another, or the tensor is not of a
     *     floating-point type
     * @throws UnsupportedOperationException if this store is read-only
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    default void write(String tensor, float[] values) {
        requireNonNull(tensor, "tensor");
        requireNonNull(values, "values");
        write(layout().requireIndex(tensor), values);
    }

    /**
     * Copies an array into one tensor, all of it. A copy goes at the speed of memory if the tensor is F64. Elements of
     * F32, BF16 and F16 are also converted, by this thread, and rounded once, to nearest even.
     *
     * @param tensor its index in the layout
     * @param values an array of as many doubles as the tensor has elements
     * @throws IndexOutOfBoundsException if there is no such tensor
     * @throws IllegalArgumentException if the length is another, or the tensor is not of a floating-point type
     * @throws UnsupportedOperationException if this store is read-only
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    void write(int tensor, double[] values);

    /**
     * Copies an array into one tensor, all of it. The same as {@link #write(int, double[])}, by name.
     *
     * @param tensor its name, exactly as in the layout
     * @param values an array of as many doubles as the tensor has elements
     * @throws IllegalArgumentException if no tensor has that name, the length is another, or the tensor is not of a
     *     floating-point type
     * @throws UnsupportedOperationException if this store is read-only
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    default void write(String tensor, double[] values) {
        requireNonNull(tensor, "tensor");
        requireNonNull(values, "values");
        write(layout().requireIndex(tensor), values);
    }

    /**
     * Copies the bytes of a buffer into one tensor, all of it. Numbers are little-endian, in the tensor's own type; the
     * order of the buffer does not matter.
     *
     * @param tensor its index in the layout
     * @param bytes a buffer with as many bytes between its position and limit as the tensor has; these two stay
     * @throws IndexOutOfBoundsException if there is no such tensor
     * @throws IllegalArgumentException if the length is another
     * @throws UnsupportedOperationException if this store is read-only
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    void write(int tensor, ByteBuffer bytes);

    /**
     * Copies the bytes of a buffer into one tensor, all of it. The same as {@link #write(int, ByteBuffer)}, by name.
     *
     * @param tensor its name, exactly as in the layout
     * @param bytes a buffer with as many bytes between its position and limit as the tensor has; these two stay
     * @throws IllegalArgumentException if no tensor has that name, the length is another
     * @throws UnsupportedOperationException if this store is read-only
     * @throws MemoryLostException if the store's memory is gone
     * @throws CudaException if the store is on a GPU that fails
     */
    default void write(String tensor, ByteBuffer bytes) {
        requireNonNull(tensor, "tensor");
        requireNonNull(bytes, "bytes");
        write(layout().requireIndex(tensor), bytes);
    }

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
