package dev.polyak.internal.cuda;

import dev.polyak.cuda.CudaStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * A kernel with its argument, a structure of src/cuda/work.h that begins with a table. Made once and launched many
 * times: a launch allocates nothing, and copies the argument.
 */
abstract class Launch {
    private final TensorTable table;
    private final CudaKernel kernel;
    private final MemorySegment pointers;
    /** The structure, which begins with the table. */
    final MemorySegment argument;

    Launch(String name, TensorTable table, StructLayout structure) {
        this.table = table;
        this.kernel = Kernels.of(table.device()).kernel(name);
        Arena arena = Arena.ofAuto();
        this.argument = arena.allocate(structure);
        this.pointers = arena.allocate(ValueLayout.ADDRESS);
        pointers.set(ValueLayout.ADDRESS, 0, argument);
    }

    /** Enqueues the kernel. */
    public void run(CudaStream stream) {
        int chunks = table.chunkCount();
        if (chunks > 0) {
            table.write(argument);
            kernel.launch(stream, chunks, KernelArguments.THREADS, pointers);
        }
    }
}
