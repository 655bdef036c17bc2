package dev.polyak.internal.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The library's kernels on one device. Loaded at the first use, for as long as the process lives. */
final class Kernels {
    private static final String IMAGE = "kernels.fatbin";
    private static final Map<Integer, Kernels> DEVICES = new ConcurrentHashMap<>();

    private final CudaImage image;
    private final Map<String, CudaKernel> kernels = new ConcurrentHashMap<>();

    private Kernels(int device) {
        this.image = CudaImage.load(device, resource());
    }

    static Kernels of(int device) {
        return DEVICES.computeIfAbsent(device, Kernels::new);
    }

    CudaKernel kernel(String name) {
        return kernels.computeIfAbsent(name, image::kernel);
    }

    private static MemorySegment resource() {
        try (InputStream in = Kernels.class.getResourceAsStream(IMAGE)) {
            if (in == null) {
                throw new LinkageError("the image of the CUDA kernels, " + IMAGE + ", is missing from the library");
            }
            byte[] bytes = in.readAllBytes();
            MemorySegment image = Arena.ofAuto().allocate(bytes.length, Long.BYTES);
            return image.copyFrom(MemorySegment.ofArray(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("the image of the CUDA kernels cannot be read", e);
        }
    }
}
