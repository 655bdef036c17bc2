package dev.polyak.bench.tuning;

import dev.polyak.internal.partition.WorkerThreads;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Linux's pages of 2 MiB instead of 4 KiB, which its default setting gives to those who ask. */
@SuppressWarnings("restricted") // this is what the flag of native access is for
final class HugePages {
    private static final long SIZE = 2 << 20;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_COLLAPSE = 25;

    private final Linker linker = Linker.nativeLinker();
    private final MethodHandle madvise = function(
            "madvise",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    private final MethodHandle alignedAlloc = function(
            "aligned_alloc", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private final MethodHandle free = function("free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    /** Takes memory, in such pages or usual ones, has threads zero it, and gives it back. */
    void takeAndFree(long bytes, boolean huge, int threads) throws Exception {
        try {
            MemorySegment memory = ((MemorySegment) alignedAlloc.invokeExact(SIZE, bytes)).reinterpret(bytes);
            if (huge) {
                advise(memory, MADV_HUGEPAGE);
            }
            long part = bytes / threads;
            WorkerThreads.shared()
                    .run(worker -> memory.asSlice(worker * part, part).fill((byte) 0), threads);
            free.invokeExact(memory);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** Turns the pages of memory in use into such pages. */
    void collapse(MemorySegment memory) throws Exception {
        try {
            advise(memory, MADV_HUGEPAGE);
            advise(memory, MADV_COLLAPSE);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** Of the memory, only whole huge pages can become some. */
    private void advise(MemorySegment memory, int advice) throws Throwable {
        long from = (memory.address() + SIZE - 1) & -SIZE;
        long to = (memory.address() + memory.byteSize()) & -SIZE;
        if ((int) madvise.invokeExact(MemorySegment.ofAddress(from), to - from, advice) != 0) {
            throw new IllegalStateException("madvise refused advice " + advice);
        }
    }

    private MethodHandle function(String name, FunctionDescriptor signature) {
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), signature);
    }

    private static IllegalStateException failed(Throwable e) {
        return new IllegalStateException("this system gives no huge pages: " + e.getMessage(), e);
    }
}
