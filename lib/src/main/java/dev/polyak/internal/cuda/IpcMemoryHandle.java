package dev.polyak.internal.cuda;

import dev.polyak.cuda.CudaEvent;
import java.util.Arrays;

/**
 * What a process gives to another, so that it can {@linkplain IpcMemory#open open} a part of its device memory. Whoever
 * has these bytes can open it while the owner keeps it.
 *
 * <p>Nothing orders what the two do with the memory: the owner should {@linkplain CudaEvent#export() hand out an event}
 * as well, which it records when the memory may be read, and for which the reader's stream waits.
 */
public final class IpcMemoryHandle {
    private static final int HANDLE_BYTES = 64;
    /** PyTorch writes a version before the handle, and of which kind the memory is. */
    private static final int PREFIX_BYTES = 2;

    private static final byte CUDA_MALLOC = 'c';

    private final byte[] handle;
    private final long offset;
    private final long bytes;

    /**
     * A handle as another process gave it. A trainer in PyTorch has these in {@code storage._share_cuda_()}, a tuple
     * (device, handle, bytes, offset, …), where {@code storage} is {@code tensor.untyped_storage()}; a tensor begins
     * {@code tensor.storage_offset() * tensor.element_size()} bytes behind that offset.
     *
     * @param handle the 64 bytes of a {@code cudaIpcMemHandle_t}, or PyTorch's 66, which begin with a version and 'c'
     * @param offset where the part begins in the allocation that the handle stands for, in bytes
     * @param bytes how much it is
     * @throws IllegalArgumentException if these are not such bytes, or a number is negative
     */
    public IpcMemoryHandle(byte[] handle, long offset, long bytes) {
        if (offset < 0 || bytes < 0) {
            throw new IllegalArgumentException(
                    "there is no memory of " + bytes + " bytes at offset " + offset + ": both are at least 0");
        }
        this.handle = bare(handle);
        this.offset = offset;
        this.bytes = bytes;
    }

    private static byte[] bare(byte[] handle) {
        if (handle.length == HANDLE_BYTES) {
            return handle.clone();
        }
        if (handle.length == PREFIX_BYTES + HANDLE_BYTES && handle[1] == CUDA_MALLOC) {
            return Arrays.copyOfRange(handle, PREFIX_BYTES, handle.length);
        }
        throw new IllegalArgumentException("the handle of memory has " + HANDLE_BYTES + " bytes, or "
                + (PREFIX_BYTES + HANDLE_BYTES) + " with PyTorch's prefix, not " + handle.length
                + " (PyTorch shares memory by such a handle only with expandable_segments:False)");
    }

    /**
     * The allocation.
     *
     * @return the 64 bytes of a {@code cudaIpcMemHandle_t}
     */
    public byte[] handle() {
        return handle.clone();
    }

    /**
     * Where the part begins in the allocation.
     *
     * @return bytes
     */
    public long offset() {
        return offset;
    }

    /**
     * How much it is.
     *
     * @return bytes
     */
    public long bytes() {
        return bytes;
    }
}
