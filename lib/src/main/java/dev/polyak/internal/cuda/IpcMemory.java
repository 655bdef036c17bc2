package dev.polyak.internal.cuda;

import dev.polyak.cuda.bindings.Cudart;
import dev.polyak.cuda.bindings.cudaIpcMemHandle_st;
import dev.polyak.error.CudaException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Device memory of another process, opened in this one. The other process must keep it meanwhile; see
 * {@link IpcMemoryHandle} on what orders the two.
 */
public final class IpcMemory implements AutoCloseable {
    private final Handle handle;
    private final long address;
    private final long bytes;

    private IpcMemory(Handle handle, long offset, long bytes) {
        this.handle = handle;
        this.address = handle.get().address() + offset;
        this.bytes = bytes;
    }

    /**
     * Opens memory of another process. (A process cannot open its own.)
     *
     * @param device index of the device through which it is used: that which has it, or one that can access it
     * @param memory what the other process gave
     * @return the memory
     * @throws CudaException if the handle is none, its owner is gone, or there is no CUDA
     * @throws IllegalArgumentException if there is no such device
     */
    public static IpcMemory open(int device, IpcMemoryHandle memory) {
        Context context = Context.of(device);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment there = cudaIpcMemHandle_st.allocate(arena);
            there.copyFrom(MemorySegment.ofArray(memory.handle()));
            MemorySegment start = context.take(
                    result -> Cudart.cudaIpcOpenMemHandle(result, there, Cudart.cudaIpcMemLazyEnablePeerAccess()),
                    "cudaIpcOpenMemHandle");
            return new IpcMemory(
                    new Handle(
                            context,
                            "memory of another process",
                            start,
                            Cudart::cudaIpcCloseMemHandle,
                            "cudaIpcCloseMemHandle"),
                    memory.offset(),
                    memory.bytes());
        }
    }

    /**
     * Where the part begins that the handle named.
     *
     * @return an address on the device
     */
    public long address() {
        return address;
    }

    /**
     * How much it is.
     *
     * @return bytes
     */
    public long bytes() {
        return bytes;
    }

    /**
     * Through which device it is used.
     *
     * @return index of the device
     */
    public int device() {
        return handle.context().device();
    }

    /**
     * Ends the use of the memory here. Wait for work on it before.
     *
     * @throws CudaException if the runtime failed
     */
    @Override
    public void close() {
        handle.close();
    }
}
