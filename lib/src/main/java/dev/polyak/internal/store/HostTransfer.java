package dev.polyak.internal.store;

import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.kernel.Kernels;
import dev.polyak.internal.partition.Partition;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Between two stores in host memory: by the threads of the processors, piece by piece. */
final class HostTransfer implements Transfer {
    /** A swap goes through a buffer of this size, which stays in an L1 cache. */
    private static final int SWAP_BYTES = 16 << 10;

    private final HostMemoryStore source;
    private final HostMemoryStore target;

    HostTransfer(HostMemoryStore source, HostMemoryStore target) {
        this.source = source;
        this.target = target;
    }

    @Override
    public void copy(LayoutMatch match, ParameterLayout selection) {
        Kernels kernels = Backend.get().kernels();
        int[] tensors = selection.tensors().stream()
                .mapToInt(tensor -> target.layout().indexOf(tensor.name()))
                .toArray();
        new Partition(selection)
                .forEach(
                        (worker, tensor, from, count) -> target.copyPiece(
                                kernels, source, match.sourceOf(tensors[tensor]), tensors[tensor], from, count),
                        (tensor, cause) -> LostMemory.explain(
                                cause, selection.tensor(tensor).name(), source, target),
                        target.threadsFor(source));
    }

    @Override
    public void swap(LayoutMatch match) {
        int threads = target.threadsFor(source);
        MemorySegment[] buffers = new MemorySegment[threads];
        Arena arena = Arena.ofAuto();
        Arrays.setAll(buffers, i -> arena.allocate(SWAP_BYTES, ParameterLayout.ALIGNMENT));
        new Partition(target.layout())
                .forEach(
                        (worker, tensor, from, count) -> {
                            DType dtype = target.layout().tensor(tensor).dtype();
                            swap(
                                    buffers[worker],
                                    target.segment(tensor),
                                    source.segment(match.sourceOf(tensor)),
                                    from * dtype.bits() / 8,
                                    (long) count * dtype.bits() / 8);
                        },
                        (tensor, cause) -> LostMemory.explain(
                                cause, target.layout().tensor(tensor).name(), source, target),
                        threads);
    }

    private static void swap(MemorySegment buffer, MemorySegment one, MemorySegment other, long at, long bytes) {
        for (long done = 0; done < bytes; done += SWAP_BYTES) {
            long length = Math.min(SWAP_BYTES, bytes - done);
            MemorySegment.copy(one, at + done, buffer, 0, length);
            MemorySegment.copy(other, at + done, one, at + done, length);
            MemorySegment.copy(buffer, 0, other, at + done, length);
        }
    }
}
