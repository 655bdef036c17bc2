package dev.polyak.internal.store;

import dev.polyak.internal.cuda.NativeAccess;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;

/** Memory of which only the address is known. */
public final class ForeignMemory {
    private ForeignMemory() {}

    /** A segment over a tensor's bytes, which lives as long as anything. */
    @SuppressWarnings("restricted") // the caller says that the memory is there
    public static MemorySegment at(long address, TensorSpec tensor) {
        if (address == 0 && tensor.bytes() > 0) {
            throw new IllegalArgumentException(
                    "tensor '" + tensor.name() + "' is at address 0: it has no memory, perhaps not yet");
        }
        try {
            return MemorySegment.ofAddress(address).reinterpret(tensor.bytes());
        } catch (IllegalCallerException e) {
            throw new IllegalCallerException(
                    "tensor '" + tensor.name() + "' cannot be wrapped by its address, since Java allows no native"
                            + " access: start Java with " + NativeAccess.OPTION,
                    e);
        }
    }
}
