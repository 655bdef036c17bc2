package dev.polyak.internal.cuda;

import dev.polyak.cuda.bindings.Cudart;
import java.lang.foreign.MemorySegment;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Something of the runtime's that is given back once, and not used after. */
public final class Handle {
    private final Context context;
    private final String what;
    private final ToIntFunction<MemorySegment> release;
    private final String releaseCall;
    private volatile @Nullable MemorySegment value;

    /**
     * Takes a handle or an address into possession.
     *
     * @param what its kind, for messages
     * @param release gives it back; returns the runtime's code
     * @param releaseCall what that calls
     */
    public Handle(
            Context context,
            String what,
            MemorySegment value,
            ToIntFunction<MemorySegment> release,
            String releaseCall) {
        this.context = context;
        this.what = what;
        this.value = value;
        this.release = release;
        this.releaseCall = releaseCall;
    }

    Context context() {
        return context;
    }

    public MemorySegment get() {
        MemorySegment open = value;
        if (open == null) {
            throw new IllegalStateException("this " + what + " on cuda:" + context.device() + " is closed");
        }
        return open;
    }

    /**
     * Gives it back if it was not yet. It is not tried again if that fails: the runtime may report an earlier failure,
     * and by then have given the same handle to somebody else.
     */
    public synchronized void close() {
        MemorySegment open = value;
        value = null;
        if (open == null) {
            return;
        }
        boolean lost = context.isLost();
        int selected = Cudart.cudaSetDevice(context.device());
        int released = release.applyAsInt(open); // in any case: it knows by itself where it belongs
        if (!lost) {
            context.check(selected, "cudaSetDevice");
            context.check(released, releaseCall);
        }
    }
}
