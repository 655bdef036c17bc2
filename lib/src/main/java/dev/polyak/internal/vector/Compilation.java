package dev.polyak.internal.vector;

import dev.polyak.internal.kernel.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Whether the JIT compiler has come to a loop, told by the loop's speed. Until then each vector access is a call of a
 * method of the JDK, in which a mapped file that shrinks kills the JVM; a compiled loop survives it, see
 * {@link NativeMemory#surviveLoss()}. So a loop reads copies, block by block, until it is compiled: copying is safe.
 *
 * <p>Threads may race: each sees a loop as compiled at some time after it is.
 */
final class Compilation {
    /**
     * Most elements of a copy. So few that the loop's method is called often, and is compiled from its beginning on: a
     * compilation that is entered in the middle of a long loop would leave the beginning of each call interpreted.
     */
    private static final int BLOCK = 1024;

    /**
     * With fewer vectors the clock tells nothing. So few are computed one by one until the loop is compiled: copying
     * them would never end, and allocate at every call.
     */
    static final int FEWEST = 16;

    private final int operations;
    private boolean done;

    /** For a loop that has so many vector operations for each vector of a source, accesses to memory included. */
    Compilation(int operations) {
        this.operations = operations;
    }

    boolean isDone() {
        return done;
    }

    /**
     * How many of n elements to copy from the i-th on. The first block does not fill its last vector, others do: a
     * branch that was never taken would be compiled as a way back to the interpreter.
     */
    static int block(int i, int n) {
        return Math.min(i == 0 ? BLOCK - 1 : BLOCK, n - i);
    }

    /**
     * Tells how long a call of the loop took for a number of vectors of its sources, in nanoseconds. A vector operation
     * that is compiled takes a fraction of a nanosecond while its operands are in the first cache; a call of a method,
     * which makes an object, some nanoseconds. Where even the compiled one is slower, as a division may be, copying
     * goes on, which does no harm.
     */
    void took(long nanos, int vectors) {
        done |= vectors >= FEWEST && nanos < (long) vectors * operations * 4 / 5;
    }

    /** Room for a block of any type. */
    static MemorySegment room(Arena arena) {
        return arena.allocate(BLOCK * Double.BYTES, Long.BYTES);
    }
}
