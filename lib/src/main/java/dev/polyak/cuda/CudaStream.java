package dev.polyak.cuda;

import static java.util.Objects.requireNonNull;

import dev.polyak.cuda.bindings.Cudart;
import dev.polyak.error.CudaException;
import dev.polyak.internal.cuda.Context;
import dev.polyak.internal.cuda.Handle;
import dev.polyak.internal.cuda.Waits;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;

/**
 * A queue of work for a device: what is enqueued runs in this order, at some time after the call. Streams run beside
 * each other, unless one {@linkplain #waitFor waits} for another.
 */
public final class CudaStream implements AutoCloseable {
    private final Context context;
    private final Handle handle;
    private final BooleanSupplier done = this::isDone;

    private CudaStream(Context context, Handle handle) {
        this.context = context;
        this.handle = handle;
    }

    /**
     * Makes a stream that does not wait for the default stream, nor the default stream for it.
     *
     * @param device index of the device
     * @return a stream without work
     * @throws CudaException if there is no CUDA, or the runtime refuses
     * @throws IllegalArgumentException if there is no such device
     */
    public static CudaStream create(int device) {
        Context context = Context.of(device);
        MemorySegment stream = context.take(
                result -> Cudart.cudaStreamCreateWithFlags(result, Cudart.cudaStreamNonBlocking()),
                "cudaStreamCreateWithFlags");
        return new CudaStream(
                context, new Handle(context, "stream", stream, Cudart::cudaStreamDestroy, "cudaStreamDestroy"));
    }

    /**
     * Uses a stream that somebody else made in this process, and does not destroy it.
     *
     * @param device index of the stream's device
     * @param handle a {@code cudaStream_t}, as PyTorch has it in {@code stream.cuda_stream}; 0 is the default stream
     * @return the stream; closing it ends the use here
     * @throws CudaException if there is no CUDA
     * @throws IllegalArgumentException if there is no such device
     */
    public static CudaStream wrap(int device, long handle) {
        Context context = Context.of(device);
        return new CudaStream(
                context,
                new Handle(
                        context,
                        "stream",
                        MemorySegment.ofAddress(handle),
                        stream -> Cudart.cudaSuccess(),
                        "CudaStream.close"));
    }

    /**
     * Where the stream's work runs.
     *
     * @return index of the device
     */
    public int device() {
        return context.device();
    }

    /**
     * The stream as the runtime knows it.
     *
     * @return a {@code cudaStream_t}
     * @throws IllegalStateException if the stream is closed
     */
    public long handle() {
        return handle.get().address();
    }

    /** The stream as the bindings take it. */
    MemorySegment open() {
        return handle.get();
    }

    /**
     * Lets later work of this stream begin only when everything before the event's latest recording is done. An event
     * that was not recorded yet is waited for by nobody: record it first. Does not wait itself.
     *
     * @param event an event of any device
     * @throws CudaException if the runtime refuses
     * @throws IllegalStateException if the stream or the event is closed
     */
    public void waitFor(CudaEvent event) {
        requireNonNull(event, "event");
        MemorySegment stream = open();
        MemorySegment awaited = event.open();
        context.enter();
        context.check(Cudart.cudaStreamWaitEvent(stream, awaited, 0), "cudaStreamWaitEvent");
    }

    /**
     * Enqueues a copy. Memory of the host should be page-locked, and be left alone until the copy is done; other memory
     * of the host makes this call wait. Memory on the Java heap has no address to copy from.
     *
     * @param to address on a device or the host
     * @param from address on a device or the host
     * @param bytes how many, not negative; the ranges may not overlap
     * @throws CudaException if the runtime refuses, or earlier work failed
     * @throws IllegalStateException if the stream is closed
     */
    public void copy(long to, long from, long bytes) {
        MemorySegment stream = open();
        context.enter();
        int code = Cudart.cudaMemcpyAsync(
                MemorySegment.ofAddress(to), MemorySegment.ofAddress(from), bytes, Cudart.cudaMemcpyDefault(), stream);
        if (code != Cudart.cudaSuccess()) {
            throw context.failed(code, String.format("cudaMemcpyAsync(to 0x%x, from 0x%x, %d bytes)", to, from, bytes));
        }
    }

    /**
     * Enqueues setting every byte to one value.
     *
     * @param address on a device
     * @param value the byte
     * @param bytes how many, not negative
     * @throws CudaException if the runtime refuses, or earlier work failed
     * @throws IllegalStateException if the stream is closed
     */
    public void fill(long address, byte value, long bytes) {
        MemorySegment stream = open();
        context.enter();
        int code = Cudart.cudaMemsetAsync(MemorySegment.ofAddress(address), value & 0xFF, bytes, stream);
        if (code != Cudart.cudaSuccess()) {
            throw context.failed(
                    code, String.format("cudaMemsetAsync(0x%x, value %d, %d bytes)", address, value, bytes));
        }
    }

    /**
     * Whether everything that was enqueued is done.
     *
     * @return false while there is something left
     * @throws CudaException if some of it failed
     * @throws IllegalStateException if the stream is closed
     */
    public boolean isDone() {
        MemorySegment stream = open();
        context.enter();
        return context.isDone(Cudart.cudaStreamQuery(stream), "cudaStreamQuery");
    }

    /**
     * Waits until everything that was enqueued is done.
     *
     * @throws InterruptedException if the thread is interrupted while it waits; the work goes on
     * @throws CudaException if some of it failed
     * @throws IllegalStateException if the stream is closed
     */
    public void await() throws InterruptedException {
        Waits.until(done);
    }

    /**
     * Gives the stream back, unless it is somebody else's. Its work still runs to the end.
     *
     * @throws CudaException if the runtime failed
     */
    @Override
    public void close() {
        handle.close();
    }
}
