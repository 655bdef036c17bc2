package dev.polyak.internal.cuda;

import dev.polyak.cuda.bindings.Cudart;
import dev.polyak.error.CudaException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What this process has on one device: the place where every call's code is looked at. */
public final class Context {
    private static final Map<Integer, Context> ALL = new ConcurrentHashMap<>();

    private final int device;
    /** The error that killed the context. */
    private final AtomicReference<@Nullable CudaException> loss = new AtomicReference<>();

    private Context(int device) {
        this.device = device;
    }

    /** The context of a device; throws what {@link Cuda#device} throws if there is no such device. */
    public static Context of(int device) {
        return ALL.computeIfAbsent(CudaRuntime.requireDevice(device), Context::new);
    }

    public int device() {
        return device;
    }

    boolean isLost() {
        return loss.get() != null;
    }

    /**
     * Makes the device current to this thread, or throws if it was lost. Precedes every call that depends on the
     * current device, with nothing between that may block: a virtual thread could go on in another thread.
     */
    public void enter() {
        CudaException first = loss.get();
        if (first != null) {
            throw Failures.lost(device, first);
        }
        check(Cudart.cudaSetDevice(device), "cudaSetDevice");
    }

    /** Throws if a call failed. */
    public void check(int code, String call) {
        if (code != Cudart.cudaSuccess()) {
            throw failed(code, call);
        }
    }

    /** The exception for a call that failed. */
    public CudaException failed(int code, String call) {
        CudaException failure = Failures.of(code, call, device);
        if (failure.isSticky()) {
            loss.compareAndSet(null, failure);
        }
        return failure;
    }

    /** Whether a query says that work is done; throws if the work failed. */
    public boolean isDone(int code, String call) {
        if (code == Cudart.cudaErrorNotReady()) {
            Cudart.cudaGetLastError(); // is no error, but kept as one
            return false;
        }
        check(code, call);
        return true;
    }

    /** Calls a function that puts a handle or an address where its argument points. */
    public MemorySegment take(ToIntFunction<MemorySegment> function, String call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
            enter();
            check(function.applyAsInt(result), call);
            return result.get(ValueLayout.ADDRESS, 0);
        }
    }

    /** How much of the device's memory nobody uses at this moment. Creates this process's context there. */
    public long freeMemory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment total = arena.allocate(ValueLayout.JAVA_LONG);
            enter();
            check(Cudart.cudaMemGetInfo(free, total), "cudaMemGetInfo");
            return free.get(ValueLayout.JAVA_LONG, 0);
        }
    }
}
