package dev.polyak.internal.cuda;

import dev.polyak.cuda.CudaStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A kernel at work: exchanges the bytes of two pieces of device memory. Its structures are those of src/cuda/work.h.
 */
public final class Exchange implements AutoCloseable {
    /** What an image begins with; the stand-in looks at no more, and has the kernels itself. */
    private static final int FATBIN = 0xBA55ED50;

    /** In a block, neither more nor less: THREADS of src/cuda. */
    private static final int THREADS = 128;

    private static final int ROW_BYTES = 40;
    private static final int CHUNK_BYTES = 8;
    private static final int CHUNK_ELEMENTS = 4096;
    private static final int TABLE_BYTES = 24;
    private static final byte BYTES = 12;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment arguments = arena.allocate(ValueLayout.ADDRESS);
    private final CudaImage image;
    private final CudaKernel kernel;
    private final int chunks;
    private final PinnedMemory table;
    private final CudaMemory deviceTable;

    /** Enqueues what the kernel needs to be on the device. */
    public Exchange(CudaStream stream, long one, long other, long bytes) {
        int device = stream.device();
        chunks = Math.toIntExact((bytes + CHUNK_ELEMENTS - 1) / CHUNK_ELEMENTS);
        long tableBytes = ROW_BYTES + (long) chunks * CHUNK_BYTES;
        image = loadImage(device);
        CudaMemory memory = null;
        PinnedMemory host = null;
        try {
            kernel = image.kernel("polyak_swap");
            host = PinnedMemory.allocate(device, tableBytes);
            MemorySegment row = host.segment().fill((byte) 0);
            row.set(ValueLayout.JAVA_LONG, 0, one);
            row.set(ValueLayout.JAVA_LONG, 8, other);
            row.set(ValueLayout.JAVA_LONG, 16, bytes);
            row.set(ValueLayout.JAVA_BYTE, 28, BYTES);
            row.set(ValueLayout.JAVA_BYTE, 29, BYTES);
            memory = CudaMemory.allocate(device, tableBytes, "a table");
            for (int i = 0; i < chunks; i++) {
                row.set(ValueLayout.JAVA_INT, ROW_BYTES + (long) i * CHUNK_BYTES + 4, i);
            }
            stream.copy(memory.address(), row.address(), tableBytes);
        } catch (RuntimeException e) {
            closeAll(e, memory, host, image);
            throw e;
        }
        table = host;
        deviceTable = memory;
        MemorySegment argument = arena.allocate(TABLE_BYTES, Long.BYTES);
        argument.set(ValueLayout.JAVA_LONG, 0, deviceTable.address());
        argument.set(ValueLayout.JAVA_LONG, 8, deviceTable.address() + ROW_BYTES);
        argument.set(ValueLayout.JAVA_INT, 16, chunks);
        arguments.set(ValueLayout.ADDRESS, 0, argument);
    }

    public static CudaImage loadImage(int device) {
        return CudaImage.load(device, MemorySegment.ofArray(new int[] {FATBIN, 0, 0, 0}));
    }

    public void enqueue(CudaStream stream) {
        kernel.launch(stream, chunks, THREADS, arguments);
    }

    int blocksPerMultiprocessor() {
        return kernel.blocksPerMultiprocessor(THREADS);
    }

    @Override
    public void close() {
        try (image;
                table) {
            deviceTable.close();
        }
    }

    private static void closeAll(RuntimeException cause, AutoCloseable... all) {
        for (AutoCloseable one : all) {
            try {
                if (one != null) {
                    one.close();
                }
            } catch (Exception e) {
                cause.addSuppressed(e);
            }
        }
    }
}
