package dev.polyak.internal.cuda;

import dev.polyak.cuda.bindings.Cudart;
import dev.polyak.error.CudaException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Page-locked memory of the host. A device copies from and to it at full speed and while the CPU goes on. Every device
 * can, whichever it was locked for.
 *
 * <p>Wait for copies before this is closed.
 */
public final class PinnedMemory implements AutoCloseable {
    private final MemorySegment segment;
    private final Handle handle;
    /** Ends the segment; null if it is another's. */
    private final @Nullable Arena arena;

    private PinnedMemory(MemorySegment segment, Handle handle, @Nullable Arena arena) {
        this.segment = segment;
        this.handle = handle;
        this.arena = arena;
    }

    /**
     * Takes page-locked memory. What is in it is not defined.
     *
     * @param device index of the device through which it is taken, and on which a context is created if there is none
     * @param bytes how many, not negative
     * @return memory that begins a page
     * @throws CudaException if there is not so much, or no CUDA
     * @throws IllegalArgumentException if there is no such device, or the size is negative
     */
    @SuppressWarnings("restricted") // the runtime gives an address; its size is what was asked
    public static PinnedMemory allocate(int device, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(bytes + " bytes of memory cannot be taken");
        }
        Context context = Context.of(device);
        MemorySegment start = context.take(
                result -> Cudart.cudaHostAlloc(result, Math.max(bytes, 1), Cudart.cudaHostAllocPortable()),
                "cudaHostAlloc(" + bytes + " bytes)");
        Arena arena = Arena.ofShared();
        return new PinnedMemory(
                start.reinterpret(bytes, arena, null),
                new Handle(context, "page-locked memory", start, Cudart::cudaFreeHost, "cudaFreeHost"),
                arena);
    }

    /**
     * Page-locks memory that there is, until this is closed. Close it before the memory's arena.
     *
     * @param device index of the device through which it is locked, and on which a context is created if there is none
     * @param segment native memory, also mapped, also read-only where the device supports that
     * @return its lock; {@link #segment()} is the segment given
     * @throws CudaException if it cannot be locked: it is already, for example, or there is no CUDA
     * @throws IllegalArgumentException if there is no such device, or the segment is on the Java heap
     */
    public static PinnedMemory register(int device, MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("memory on the Java heap cannot be page-locked: give a native segment");
        }
        Context context = Context.of(device);
        int flags = Cudart.cudaHostRegisterPortable() | (segment.isReadOnly() ? Cudart.cudaHostRegisterReadOnly() : 0);
        context.enter();
        context.check(
                Cudart.cudaHostRegister(segment, segment.byteSize(), flags),
                "cudaHostRegister(" + segment.byteSize() + " bytes)");
        // The address alone: any thread may close this, and another may not name a confined segment.
        MemorySegment start = MemorySegment.ofAddress(segment.address());
        return new PinnedMemory(
                segment,
                new Handle(context, "page lock", start, Cudart::cudaHostUnregister, "cudaHostUnregister"),
                null);
    }

    /**
     * The memory.
     *
     * @return a segment; if it was allocated here, any thread may use it until this is closed, and using it after that
     *     throws an IllegalStateException
     */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * Gives the memory or its lock back.
     *
     * @throws IllegalStateException if a thread uses the segment at this moment
     * @throws CudaException if the runtime failed
     */
    @Override
    public synchronized void close() {
        if (arena != null && arena.scope().isAlive()) {
            arena.close();
        }
        handle.close();
    }
}
