package dev.polyak.internal.cuda;

import dev.polyak.cuda.bindings.Cudart;
import dev.polyak.error.CudaException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Compiled kernels: machine code for one or several kinds of device, PTX for those that are newer. */
public final class CudaImage implements AutoCloseable {
    private final Context context;
    private final Handle handle;

    private CudaImage(Context context, MemorySegment library) {
        this.context = context;
        this.handle = new Handle(context, "image", library, Cudart::cudaLibraryUnload, "cudaLibraryUnload");
    }

    /**
     * Loads an image.
     *
     * @param device index of the device for which kernels are looked for in it
     * @param image what {@code nvcc -fatbin} writes, in memory of any kind; it is not needed after
     * @return the image
     * @throws CudaException if it is none, or has nothing for the device, or there is no CUDA
     * @throws IllegalArgumentException if there is no such device
     */
    public static CudaImage load(int device, MemorySegment image) {
        Context context = Context.of(device);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate(image.byteSize(), Long.BYTES).copyFrom(image);
            MemorySegment none = MemorySegment.NULL;
            return new CudaImage(
                    context,
                    context.take(
                            result -> Cudart.cudaLibraryLoadData(result, code, none, none, 0, none, none, 0),
                            "cudaLibraryLoadData(" + image.byteSize() + " bytes)"));
        }
    }

    /**
     * Finds a kernel.
     *
     * @param name as it is in the image: that of an {@code extern "C"} function
     * @return the kernel, to be used until this is closed
     * @throws CudaException if there is none of this name
     * @throws IllegalStateException if this is closed
     */
    public CudaKernel kernel(String name) {
        MemorySegment library = open();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = NativeText.write(name, arena);
            return new CudaKernel(
                    this,
                    name,
                    context.take(
                            result -> Cudart.cudaLibraryGetKernel(result, library, text),
                            "cudaLibraryGetKernel(" + name + ")"));
        }
    }

    /** The image as the bindings take it; throws if it is closed. */
    MemorySegment open() {
        return handle.get();
    }

    /** The device for which this was loaded. */
    Context context() {
        return context;
    }

    /**
     * Unloads the image. Wait for its kernels before.
     *
     * @throws CudaException if the runtime failed
     */
    @Override
    public void close() {
        handle.close();
    }
}
