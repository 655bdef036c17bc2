package dev.polyak.internal.cuda;

import dev.polyak.cuda.CudaDevice;
import dev.polyak.cuda.CudaStream;
import dev.polyak.cuda.bindings.Cudart;
import dev.polyak.cuda.bindings.dim3;
import dev.polyak.error.CudaException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A function that runs on a device; of a {@link CudaImage}, and to be used until that is closed. */
public final class CudaKernel {
    /** How many blocks and threads, for one call after the other of a thread: so launching allocates nothing. */
    private static final ThreadLocal<Dimensions> DIMENSIONS = ThreadLocal.withInitial(Dimensions::new);

    private static final class Dimensions {
        final MemorySegment blocks = one();
        final MemorySegment threads = one();
        private MemorySegment queue = MemorySegment.NULL;

        /** The native stream; kept for the next launch, since not every JDK spares making the object. */
        MemorySegment queue(long handle) {
            if (queue.address() != handle) {
                queue = MemorySegment.ofAddress(handle);
            }
            return queue;
        }

        private static MemorySegment one() {
            MemorySegment dimensions = dim3.allocate(Arena.ofAuto());
            dim3.y(dimensions, 1);
            dim3.z(dimensions, 1);
            return dimensions;
        }
    }

    private final CudaImage image;
    private final String name;
    private final MemorySegment kernel;

    CudaKernel(CudaImage image, String name, MemorySegment kernel) {
        this.image = image;
        this.name = name;
        this.kernel = kernel;
    }

    /**
     * Enqueues a run of this kernel.
     *
     * @param stream a stream of the device for which the image was loaded
     * @param blocks how many, at least 1
     * @param threads how many in each block, 1 to 1024
     * @param argumentPointers native memory with the addresses of the kernel's arguments, one after the other; the
     *     arguments are copied before this returns. Nothing checks their number and types
     * @throws CudaException if the runtime refuses, or earlier work failed
     * @throws IllegalStateException if the stream or the image is closed
     */
    public void launch(CudaStream stream, int blocks, int threads, MemorySegment argumentPointers) {
        image.open();
        Context context = image.context();
        Dimensions dimensions = DIMENSIONS.get();
        MemorySegment queue = dimensions.queue(stream.handle());
        dim3.x(dimensions.blocks, blocks);
        dim3.x(dimensions.threads, threads);
        context.enter();
        int code = Cudart.cudaLaunchKernel(kernel, dimensions.blocks, dimensions.threads, argumentPointers, 0, queue);
        if (code != Cudart.cudaSuccess()) {
            throw context.failed(
                    code, "cudaLaunchKernel(" + name + ", " + blocks + " blocks of " + threads + " threads)");
        }
    }

    /**
     * How many blocks of this kernel a multiprocessor of the image's device runs at once. The device runs that many
     * times its {@linkplain CudaDevice#multiprocessors() multiprocessors}: a good number of blocks for a kernel that
     * strides over its work.
     *
     * @param threads how many in each block, 1 to 1024
     * @return blocks, 0 if not even one fits
     * @throws CudaException if the runtime refuses
     * @throws IllegalStateException if the image is closed
     */
    public int blocksPerMultiprocessor(int threads) {
        image.open();
        Context context = image.context();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment blocks = arena.allocate(ValueLayout.JAVA_INT);
            context.enter();
            context.check(
                    Cudart.cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, kernel, threads, 0),
                    "cudaOccupancyMaxActiveBlocksPerMultiprocessor(" + name + ")");
            return blocks.get(ValueLayout.JAVA_INT, 0);
        }
    }
}
