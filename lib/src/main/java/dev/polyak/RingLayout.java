package dev.polyak;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The tensors of a model cut into pieces that pass through a ring of pinned memory, and those that have a place beside
 * it.
 */
final class RingLayout {
    private final ParameterLayout averages;
    private final List<Part> parts = new ArrayList<>();
    private final List<TensorSpec> sourceParts = new ArrayList<>();
    private final List<TensorSpec> averageParts = new ArrayList<>();
    private final long pinnedBytes;

    /**
     * Elements of a tensor.
     *
     * @param tensor which one
     * @param first its first element
     * @param sourceAt where that is in the model's tensor, in bytes
     * @param place where the elements are put in the pinned memory, in bytes
     * @param bytes how many bytes of the model they are
     * @param goesRound whether the place is used for others too
     */
    record Part(int tensor, long first, long sourceAt, long place, long bytes, boolean goesRound) {}

    /**
     * Cuts.
     *
     * @param read the tensors in the model's types
     * @param averages the same in the average's
     */
    RingLayout(ParameterLayout read, ParameterLayout averages, Offload offload) {
        this.averages = averages;
        long pieceBytes = offload.ringPieceBytes() & -ParameterLayout.ALIGNMENT;
        long ringBytes = pieceBytes * offload.ringPieces();
        long beside = ringBytes;
        int turn = 0;
        for (int i = 0; i < read.size(); i++) {
            TensorSpec tensor = read.tensor(i);
            if (read.ownerOf(i) != i || tensor.elements() == 0) {
                continue;
            }
            if (offload.isChanging(tensor) || tensor.dtype().bits() < Byte.SIZE) {
                add(i, tensor, 0, tensor.elements(), tensor.bytes(), 0, beside, false);
                beside += (tensor.bytes() + ParameterLayout.ALIGNMENT - 1) & -ParameterLayout.ALIGNMENT;
                continue;
            }
            int size = tensor.dtype().bits() / Byte.SIZE;
            long most = pieceBytes / size;
            for (long first = 0; first < tensor.elements(); first += most) {
                long count = Math.min(most, tensor.elements() - first);
                long place = pieceBytes * (turn++ % offload.ringPieces());
                add(i, tensor, first, count, count * size, first * size, place, true);
            }
        }
        this.pinnedBytes = beside;
    }

    private void add(
            int tensor, TensorSpec spec, long first, long count, long bytes, long at, long place, boolean goesRound) {
        String name = spec.name() + "#" + first;
        boolean whole = count == spec.elements();
        List<Long> shape = whole ? spec.shape() : List.of(count);
        parts.add(new Part(tensor, first, at, place, bytes, goesRound));
        sourceParts.add(new TensorSpec(name, spec.dtype(), shape, spec.role()));
        averageParts.add(new TensorSpec(name, averages.tensor(tensor).dtype(), shape, spec.role()));
    }

    List<Part> parts() {
        return parts;
    }

    /** Bytes of the ring and of what is beside it. */
    long pinnedBytes() {
        return pinnedBytes;
    }

    /** The parts in the model's types. */
    ParameterLayout sourceLayout() {
        return ParameterLayout.of(sourceParts);
    }

    /** The parts in the average's types. */
    ParameterLayout averageLayout() {
        return ParameterLayout.of(averageParts);
    }

    /** An average's parts, in its own memory. */
    HostStore cut(HostStore average) {
        List<MemorySegment> segments = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            TensorSpec kept = averageParts.get(i);
            segments.add(average.segment(part.tensor)
                    .asSlice(part.first * kept.dtype().bits() / Byte.SIZE, kept.bytes()));
        }
        return new HostStore(
                averageLayout(), segments, Collections.nCopies(segments.size(), "memory"), false, () -> {});
    }

    /** The calls for the parts: each is treated as its tensor is. */
    List<PlannedCall> calls(List<PlannedCall> whole) {
        return whole.stream()
                .map(call -> new PlannedCall(
                        call.rule(),
                        IntStream.range(0, parts.size())
                                .mapToObj(i -> call.treatments()[parts.get(i).tensor])
                                .toArray(Treatment[]::new)))
                .toList();
    }
}
