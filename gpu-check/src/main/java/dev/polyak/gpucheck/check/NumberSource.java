package dev.polyak.gpucheck.check;

import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;

/** Where numbers come from. */
@FunctionalInterface
public interface NumberSource {
    /**
     * Fills memory.
     *
     * @param memory native memory
     * @param type of its elements
     * @param sequence the same sequence is the same numbers
     * @param finite whether infinities and NaNs are left out
     */
    void fill(MemorySegment memory, DType type, long sequence, boolean finite);
}
