package dev.polyak.cuda;

import static java.util.Objects.requireNonNull;

import dev.polyak.cuda.bindings.Cudart;
import dev.polyak.cuda.bindings.cudaIpcEventHandle_st;
import dev.polyak.error.CudaException;
import dev.polyak.internal.cuda.Context;
import dev.polyak.internal.cuda.Handle;
import dev.polyak.internal.cuda.Waits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BooleanSupplier;

/**
 * A mark in a stream, for which the host and other streams can wait. It may be recorded again and again; what is asked
 * of it is asked of the latest recording. An event that was never recorded counts as done.
 */
public final class CudaEvent implements AutoCloseable {
    /** Size of what {@link #export()} gives. */
    private static final int HANDLE_BYTES = 64;

    private final Context context;
    private final Handle handle;
    private final BooleanSupplier done = this::isDone;

    private CudaEvent(Context context, MemorySegment event) {
        this.context = context;
        this.handle = new Handle(context, "event", event, Cudart::cudaEventDestroy, "cudaEventDestroy");
    }

    /**
     * Makes an event that takes no time stamps, which is the cheapest.
     *
     * @param device index of the device whose streams it marks
     * @return an event that was never recorded
     * @throws CudaException if there is no CUDA, or the runtime refuses
     * @throws IllegalArgumentException if there is no such device
     */
    public static CudaEvent create(int device) {
        return create(device, Cudart.cudaEventDisableTiming());
    }

    /**
     * Makes an event that takes time stamps, for {@link #millisSince}.
     *
     * @param device index of the device whose streams it marks
     * @return an event that was never recorded
     * @throws CudaException if there is no CUDA, or the runtime refuses
     * @throws IllegalArgumentException if there is no such device
     */
    public static CudaEvent createTimed(int device) {
        return create(device, Cudart.cudaEventDefault());
    }

    /**
     * Makes an event that other processes can wait for or record, see {@link #export()}.
     *
     * @param device index of the device whose streams it marks
     * @return an event that was never recorded
     * @throws CudaException if there is no CUDA, or the runtime refuses
     * @throws IllegalArgumentException if there is no such device
     */
    public static CudaEvent createShared(int device) {
        return create(device, Cudart.cudaEventInterprocess() | Cudart.cudaEventDisableTiming());
    }

    private static CudaEvent create(int device, int flags) {
        Context context = Context.of(device);
        return new CudaEvent(
                context,
                context.take(result -> Cudart.cudaEventCreateWithFlags(result, flags), "cudaEventCreateWithFlags"));
    }

    /**
     * Opens an event of another process.
     *
     * @param device index of the event's device
     * @param handle the 64 bytes that {@link #export()} gave there, or in PyTorch {@code event.ipc_handle()}
     * @return the event, for waiting and recording; the other process must keep its own meanwhile
     * @throws CudaException if there is no CUDA, or the runtime refuses
     * @throws IllegalArgumentException if there is no such device, or these are not 64 bytes
     */
    public static CudaEvent open(int device, byte[] handle) {
        requireNonNull(handle, "handle");
        if (handle.length != HANDLE_BYTES) {
            throw new IllegalArgumentException(
                    "the handle of an event has " + HANDLE_BYTES + " bytes, not " + handle.length);
        }
        Context context = Context.of(device);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment there = cudaIpcEventHandle_st.allocate(arena);
            there.copyFrom(MemorySegment.ofArray(handle));
            return new CudaEvent(
                    context,
                    context.take(result -> Cudart.cudaIpcOpenEventHandle(result, there), "cudaIpcOpenEventHandle"));
        }
    }

    /**
     * Whose streams the event marks.
     *
     * @return index of the device
     */
    public int device() {
        return context.device();
    }

    /** The event as the bindings take it. */
    MemorySegment open() {
        return handle.get();
    }

    /**
     * Marks the end of what is enqueued in a stream now.
     *
     * @param stream a stream of the event's device
     * @throws CudaException if the runtime refuses
     * @throws IllegalStateException if the stream or the event is closed
     */
    public void record(CudaStream stream) {
        requireNonNull(stream, "stream");
        MemorySegment event = open();
        MemorySegment marked = stream.open();
        context.enter();
        context.check(Cudart.cudaEventRecord(event, marked), "cudaEventRecord");
    }

    /**
     * Whether everything before the mark is done.
     *
     * @return true also if the event was never recorded
     * @throws CudaException if some of it failed
     * @throws IllegalStateException if the event is closed
     */
    public boolean isDone() {
        MemorySegment event = open();
        context.enter();
        return context.isDone(Cudart.cudaEventQuery(event), "cudaEventQuery");
    }

    /**
     * Waits until everything before the mark is done.
     *
     * @throws InterruptedException if the thread is interrupted while it waits; the work goes on
     * @throws CudaException if some of it failed
     * @throws IllegalStateException if the event is closed
     */
    public void await() throws InterruptedException {
        Waits.until(done);
    }

    /**
     * The time between two marks, on the device's clock.
     *
     * @param earlier an event of the same device
     * @return milliseconds, exact to about half a microsecond
     * @throws CudaException if one of the events was not {@linkplain #createTimed made for that}, was never recorded,
     *     or is not done yet
     * @throws IllegalStateException if one of the events is closed
     */
    public double millisSince(CudaEvent earlier) {
        requireNonNull(earlier, "earlier");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment millis = arena.allocate(ValueLayout.JAVA_FLOAT);
            context.enter();
            context.check(Cudart.cudaEventElapsedTime(millis, earlier.open(), open()), "cudaEventElapsedTime");
            return millis.get(ValueLayout.JAVA_FLOAT, 0);
        }
    }

    /**
     * Makes the event known to other processes, which {@link #open(int, byte[]) open} it. PyTorch does so with
     * {@code torch.cuda.Event.from_ipc_handle}.
     *
     * @return 64 bytes, which may be sent there in any way
     * @throws CudaException if the event was not {@linkplain #createShared made for that}
     * @throws IllegalStateException if the event is closed
     */
    public byte[] export() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = cudaIpcEventHandle_st.allocate(arena);
            context.enter();
            context.check(Cudart.cudaIpcGetEventHandle(bytes, open()), "cudaIpcGetEventHandle");
            return bytes.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /**
     * Gives the event back. Streams that wait for it go on waiting.
     *
     * @throws CudaException if the runtime failed
     */
    @Override
    public void close() {
        handle.close();
    }
}
