package dev.polyak;

import dev.polyak.internal.parallel.Gang;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a layout cut into pieces that fit a cache, in batches that are worth a thread's while. Tied tensors
 * come once. Going through the pieces allocates nothing.
 */
final class Pieces {
    /** Elements of a piece: 256 KB of binary32, a quarter of a usual L2 cache. */
    static final int ELEMENTS = 1 << 16;
    /** Below this many bytes a helper's wake-up costs more than its help. */
    private static final long BATCH_BYTES = 256 << 10;

    /** What is done with a piece. */
    interface Action {
        /**
         * Handles elements {@code from} to {@code from + count} of a tensor.
         *
         * @param worker number of the thread, below the number of threads
         * @throws Exception which ends the whole; nothing says which other pieces were handled
         */
        void apply(int worker, int tensor, long from, int count) throws Exception;
    }

    /** Names the tensor at which an action failed. */
    interface FailureHandler {
        RuntimeException failed(int tensor, Throwable cause);
    }

    private final int[] tensors;
    private final long[] froms;
    private final int[] counts;
    private final int[] batches;
    private final AtomicInteger next = new AtomicInteger();
    private final Gang.Task task = this::work;
    private @Nullable Action action;
    private @Nullable FailureHandler failureHandler;

    /** Cuts every tensor that has elements and is the owner of its memory. */
    Pieces(ParameterLayout layout) {
        this(layout, ELEMENTS);
    }

    /** Cuts into pieces of at most a number of elements. */
    Pieces(ParameterLayout layout, int elements) {
        List<int[]> shorts = new ArrayList<>();
        List<Long> starts = new ArrayList<>();
        List<Integer> firsts = new ArrayList<>();
        long batchBytes = 0;
        firsts.add(0);
        for (int i = 0; i < layout.size(); i++) {
            TensorSpec tensor = layout.tensor(i);
            long size = layout.ownerOf(i) == i ? tensor.elements() : 0;
            for (long from = 0; from < size; from += elements) {
                int count = (int) Math.min(elements, size - from);
                shorts.add(new int[] {i, count});
                starts.add(from);
                batchBytes += (long) count * tensor.dtype().bits() / 8;
                if (batchBytes >= BATCH_BYTES) {
                    firsts.add(shorts.size());
                    batchBytes = 0;
                }
            }
        }
        if (firsts.get(firsts.size() - 1) < shorts.size()) {
            firsts.add(shorts.size());
        }
        tensors = shorts.stream().mapToInt(piece -> piece[0]).toArray();
        counts = shorts.stream().mapToInt(piece -> piece[1]).toArray();
        froms = starts.stream().mapToLong(Long::longValue).toArray();
        batches = firsts.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Applies an action to every piece.
     *
     * @param threads how many threads may take part
     * @throws RuntimeException what the handler makes of the first failure
     */
    void forEach(Action what, FailureHandler handler, int threads) {
        action = what;
        failureHandler = handler;
        next.set(0);
        Gang.shared().run(task, Math.min(threads, batches.length - 1));
    }

    private void work(int worker) {
        Action current = Objects.requireNonNull(action);
        int tensor = 0;
        try {
            for (int batch = next.getAndIncrement(); batch < batches.length - 1; batch = next.getAndIncrement()) {
                for (int piece = batches[batch]; piece < batches[batch + 1]; piece++) {
                    tensor = tensors[piece];
                    current.apply(worker, tensor, froms[piece], counts[piece]);
                }
            }
        } catch (Throwable e) { // an InternalError of lost memory may come late, but still within this loop
            next.set(batches.length); // the others need not go on
            throw Objects.requireNonNull(failureHandler).failed(tensor, e);
        }
    }
}
