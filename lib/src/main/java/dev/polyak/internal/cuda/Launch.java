package dev.polyak.internal.cuda;

import dev.polyak.cuda.CudaKernel;
import dev.polyak.cuda.CudaStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A kernel with its argument, a structure of src/cuda/work.h that begins with a table. Made once and launched many
 * times: a launch allocates nothing, and copies the argument.
 */
abstract class Launch {
    private static final int THREADS = 128;

    private final TensorTable table;
    private final CudaKernel kernel;
    private final MemorySegment pointers;
    /** The structure; the table is in its first 24 bytes. */
    final MemorySegment argument;

    Launch(String name, TensorTable table, long argumentBytes) {
        this.table = table;
        this.kernel = Kernels.of(table.device()).kernel(name);
        Arena arena = Arena.ofAuto();
        this.argument = arena.allocate(argumentBytes, Long.BYTES);
        this.pointers = arena.allocate(ValueLayout.ADDRESS);
        pointers.set(ValueLayout.ADDRESS, 0, argument);
    }

    /** Enqueues the kernel. */
    public void run(CudaStream stream) {
        int chunks = table.chunkCount();
        if (chunks > 0) {
            table.write(argument);
            kernel.launch(stream, chunks, THREADS, pointers);
        }
    }
}
