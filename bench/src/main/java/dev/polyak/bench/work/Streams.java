package dev.polyak.bench.work;

import dev.polyak.internal.partition.WorkerThreads;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What memory gives to loops that do nearly nothing: in C if there is gcc, else in Java. The work of the fastest is the
 * limit; which that is differs between caches and memory, and from machine to machine.
 */
public final class Streams implements AutoCloseable {
    /** More than caches hold. Memory is no faster for those who take more of it. */
    private static final long LARGEST = 2L << 30;

    private static final float SCALE = 0x1p-24f;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment all;
    private final int threads;

    /** Loops beside work that holds so many bytes. */
    Streams(long bytes, int threads) {
        this.all = arena.allocate(held(bytes), 64);
        this.threads = threads;
        all.fill((byte) 0); // so that the pages are there
    }

    /** What the loops hold beside work that holds so many bytes. */
    public static long held(long bytes) {
        return Math.clamp(bytes, 3 * 64, LARGEST);
    }

    /** Ways that read and write. */
    List<Task> tasks() {
        long half = 2 * (all.byteSize() / 2);
        long thirds = 3 * (all.byteSize() / 3);
        return CReference.find()
                .map(c -> List.of(
                        new Task("copy", half, () -> c.copy(all, threads)),
                        new Task("triad", thirds, () -> c.triad(all, threads)),
                        new Task("triad in place", half / 2 * 3, () -> c.triadInPlace(all, threads))))
                .orElseGet(() -> List.of(
                        new Task("copy", half, () -> inParts(half / 2, this::copy)),
                        new Task("triad in place", half / 2 * 3, () -> inParts(half / 2, this::triadInPlace))));
    }

    /** Ways that only read; none without C, as there a sum is limited by its additions. */
    List<Task> readers() {
        return CReference.find().stream()
                .map(c -> new Task("read", all.byteSize(), () -> c.read(all, threads)))
                .toList();
    }

    private interface Part {
        void run(long from, long bytes);
    }

    private void inParts(long bytes, Part part) {
        long size = (bytes / threads + 63) / 64 * 64;
        AtomicInteger next = new AtomicInteger();
        WorkerThreads.shared()
                .run(
                        worker -> {
                            for (long from = size * next.getAndIncrement();
                                    from < bytes;
                                    from = size * next.getAndIncrement()) {
                                part.run(from, Math.min(size, bytes - from));
                            }
                        },
                        threads);
    }

    private void copy(long from, long bytes) {
        MemorySegment.copy(all, all.byteSize() / 2 + from, all, from, bytes);
    }

    private void triadInPlace(long from, long bytes) {
        MemorySegment e = all.asSlice(from, bytes);
        MemorySegment p = all.asSlice(all.byteSize() / 2 / 64 * 64 + from, bytes);
        int elements = (int) (bytes / Float.BYTES);
        for (int i = 0; i < elements; i++) {
            float sum = e.getAtIndex(ValueLayout.JAVA_FLOAT, i) + SCALE * p.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            e.setAtIndex(ValueLayout.JAVA_FLOAT, i, sum);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
