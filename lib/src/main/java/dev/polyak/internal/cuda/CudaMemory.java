package dev.polyak.internal.cuda;

import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.bindings.Cudart;
import dev.polyak.cuda.bindings.cudaIpcMemHandle_st;
import dev.polyak.cuda.bindings.cudaPointerAttributes;
import dev.polyak.error.CudaException;
import dev.polyak.internal.text.Bytes;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Memory of a device. Its addresses mean nothing to the CPU.
 *
 * <p>What becomes unreachable without being closed is freed, late, and a warning says so. So this object must be kept
 * for as long as its address is used.
 */
public final class CudaMemory implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Set<Allocation> LIVE = ConcurrentHashMap.newKeySet();

    /** The memory apart from its owner, so that it can outlive it. */
    private static final class Allocation implements Runnable {
        final Handle handle;
        final long bytes;
        final String purpose;

        Allocation(Handle handle, long bytes, String purpose) {
            this.handle = handle;
            this.bytes = bytes;
            this.purpose = purpose;
        }

        void free() {
            LIVE.remove(this);
            handle.close();
        }

        boolean isOn(Context context) {
            return handle.context() == context && !context.isLost();
        }

        /** The owner was closed, or is gone. */
        @Override
        public void run() {
            if (!LIVE.contains(this)) {
                return;
            }
            System.Logger logger = System.getLogger("dev.polyak");
            logger.log(
                    Level.WARNING, "{0} was never closed, and is freed now; close it when it is no longer used", this);
            try {
                free();
            } catch (CudaException e) {
                logger.log(Level.WARNING, "memory that was never closed could not be freed", e);
            }
        }

        @Override
        public String toString() {
            return Bytes.text(bytes) + " for " + purpose + " on cuda:"
                    + handle.context().device();
        }
    }

    private final Allocation allocation;
    private final long address;
    private final Cleaner.Cleanable cleanable;

    private CudaMemory(Allocation allocation) {
        this.allocation = allocation;
        this.address = allocation.handle.get().address();
        LIVE.add(allocation);
        this.cleanable = CLEANER.register(this, allocation);
    }

    /**
     * Takes memory of a device. What is in it is not defined.
     *
     * @param device index of the device
     * @param bytes how many, not negative; for 0 there is 1 byte taken, so that there is an address
     * @param purpose what it is for, as it can be read after "for"
     * @return memory at a multiple of 256
     * @throws CudaException if there is not so much, or no CUDA
     * @throws IllegalArgumentException if there is no such device, or the size is negative
     */
    public static CudaMemory allocate(int device, long bytes, String purpose) {
        Objects.requireNonNull(purpose);
        if (bytes < 0) {
            throw new IllegalArgumentException(bytes + " bytes of memory cannot be taken");
        }
        Context context = Context.of(device);
        MemorySegment start;
        try {
            start = context.take(
                    result -> Cudart.cudaMalloc(result, Math.max(bytes, 1)), "cudaMalloc(" + bytes + " bytes)");
        } catch (CudaException e) {
            throw e.code() == Cudart.cudaErrorMemoryAllocation() ? outOfMemory(device, bytes, purpose, e) : e;
        }
        return new CudaMemory(new Allocation(
                new Handle(context, "memory for " + purpose, start, Cudart::cudaFree, "cudaFree"), bytes, purpose));
    }

    private static CudaException outOfMemory(int device, long bytes, String purpose, CudaException cause) {
        String asked = "there are no " + Bytes.text(bytes) + " for " + purpose + " on cuda:" + device;
        String advice = "; free some, or use another device (" + cause.call() + ": " + cause.name() + ")";
        long all = CudaRuntime.availability().devices().get(device).memory();
        try {
            return new CudaException(
                    cause,
                    asked + ", where " + Bytes.text(Context.of(device).freeMemory()) + " of " + Bytes.text(all)
                            + " are free" + advice);
        } catch (CudaException e) {
            return new CudaException(cause, asked + advice);
        }
    }

    /**
     * How much memory of a device is taken through this class and not yet closed.
     *
     * @param device index of the device
     * @return bytes
     * @throws CudaException if there is no CUDA
     * @throws IllegalArgumentException if there is no such device
     */
    public static long allocated(int device) {
        Context context = Context.of(device);
        return LIVE.stream()
                .filter(allocation -> allocation.isOn(context))
                .mapToLong(allocation -> allocation.bytes)
                .sum();
    }

    /**
     * Names what is taken from a device through this class and not yet closed.
     *
     * @param device index of the device
     * @return entries such as "1.5 GiB for the average on cuda:0", in no order
     * @throws CudaException if there is no CUDA
     * @throws IllegalArgumentException if there is no such device
     */
    public static List<String> live(int device) {
        Context context = Context.of(device);
        return LIVE.stream()
                .filter(allocation -> allocation.isOn(context))
                .map(Allocation::toString)
                .toList();
    }

    /**
     * Checks that addresses from elsewhere are of a device's memory, as far as the runtime can tell: it looks at the
     * first byte and the last. Managed memory is of every device.
     *
     * @param address first address
     * @param bytes how many there are, not negative; none needs to be anywhere
     * @param device index of the device
     * @param what whose memory it is, for the message: "tensor 'fc.weight'"
     * @throws IllegalArgumentException if it is memory of the host or of another device, or there is no such device
     * @throws CudaException if the runtime does not answer
     */
    public static void requireDevice(long address, long bytes, int device, String what) {
        Context context = Context.of(device);
        if (bytes > 0) {
            requireDevice(address, context, what);
            requireDevice(address + bytes - 1, context, what);
        }
    }

    private static void requireDevice(long address, Context context, String what) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = cudaPointerAttributes.allocate(arena);
            context.enter();
            context.check(
                    Cudart.cudaPointerGetAttributes(attributes, MemorySegment.ofAddress(address)),
                    "cudaPointerGetAttributes");
            int type = cudaPointerAttributes.type(attributes);
            int device = cudaPointerAttributes.device(attributes);
            boolean here = type == Cudart.cudaMemoryTypeDevice() && device == context.device();
            if (here || type == Cudart.cudaMemoryTypeManaged()) {
                return;
            }
            String where = "no memory that CUDA knows";
            if (type == Cudart.cudaMemoryTypeDevice()) {
                where = "memory of cuda:" + device;
            } else if (type == Cudart.cudaMemoryTypeHost()) {
                where = "memory of the host";
            }
            throw new IllegalArgumentException(String.format(
                    "address 0x%x of %s is %s; memory of cuda:%d is needed", address, what, where, context.device()));
        }
    }

    /**
     * Where the memory begins.
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
        return allocation.bytes;
    }

    /**
     * Where it is.
     *
     * @return index of the device
     */
    public int device() {
        return allocation.handle.context().device();
    }

    /**
     * What it is for.
     *
     * @return as it was given to {@link #allocate}
     */
    public String purpose() {
        return allocation.purpose;
    }

    /**
     * Makes a part of this memory known to other processes, which {@linkplain IpcMemory#open open} it. They see the
     * memory only while this is open, and nothing orders their reading and this process's writing: hand them an
     * {@linkplain CudaEvent#export() event} as well. CUDA may hold small pieces of memory in blocks of 2 MiB; who opens
     * one can reach its whole block.
     *
     * @param offset where the part begins, in bytes
     * @param bytes how much it is
     * @return what another process needs; it may be sent there in any way
     * @throws IndexOutOfBoundsException if this memory has no such part
     * @throws CudaException if the memory cannot be shared
     */
    public IpcMemoryHandle export(long offset, long bytes) {
        Objects.checkFromIndexSize(offset, bytes, bytes());
        Context context = allocation.handle.context();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = cudaIpcMemHandle_st.allocate(arena);
            context.enter();
            context.check(Cudart.cudaIpcGetMemHandle(handle, allocation.handle.get()), "cudaIpcGetMemHandle");
            return new IpcMemoryHandle(handle.toArray(ValueLayout.JAVA_BYTE), offset, bytes);
        }
    }

    /**
     * Frees the memory, after all work on the device that was enqueued before.
     *
     * @throws CudaException if the runtime failed
     */
    @Override
    public void close() {
        allocation.free();
        cleanable.clean();
    }

    @Override
    public String toString() {
        return allocation.toString();
    }
}
