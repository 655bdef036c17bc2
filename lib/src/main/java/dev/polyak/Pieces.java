package dev.polyak;

import dev.polyak.internal.parallel.Gang;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a layout cut into pieces that fit a cache, in batches that are worth a thread's while. Tied tensors
 * come once. What is kept does not grow with the tensors' sizes, and going through the pieces allocates nothing.
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

    /** The tensors that are cut: owners of their memory, with elements. */
    private final int[] tensors;

    private final long[] elements;
    private final int[] bits;
    /** Bytes of all tensors before each, and of all. */
    private final long[] bytesBefore;

    private final int batches;
    private final int pieceElements;
    private final AtomicInteger next = new AtomicInteger();
    private final Gang.Task task = this::work;
    private @Nullable Action action;
    private @Nullable FailureHandler failureHandler;

    /** Cuts every tensor that has elements and is the owner of its memory. */
    Pieces(ParameterLayout layout) {
        this(layout, ELEMENTS);
    }

    /** Cuts into pieces of at most a number of elements. */
    Pieces(ParameterLayout layout, int pieceElements) {
        this.pieceElements = pieceElements;
        tensors = IntStream.range(0, layout.size())
                .filter(i -> layout.ownerOf(i) == i && layout.tensor(i).elements() > 0)
                .toArray();
        elements = new long[tensors.length];
        bits = new int[tensors.length];
        bytesBefore = new long[tensors.length + 1];
        for (int i = 0; i < tensors.length; i++) {
            TensorSpec tensor = layout.tensor(tensors[i]);
            elements[i] = tensor.elements();
            bits[i] = tensor.dtype().bits();
            bytesBefore[i + 1] = bytesBefore[i] + tensor.bytes();
        }
        batches = Math.toIntExact((bytesBefore[tensors.length] + BATCH_BYTES - 1) / BATCH_BYTES);
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
        Gang.shared().run(task, Math.min(threads, batches));
    }

    private void work(int worker) {
        Action current = Objects.requireNonNull(action);
        int i = 0;
        try {
            for (int batch = next.getAndIncrement(); batch < batches; batch = next.getAndIncrement()) {
                // A piece belongs to the batch in which its first byte lies.
                long begin = batch * BATCH_BYTES;
                long end = begin + BATCH_BYTES;
                i = tensorAt(begin);
                long piece = ceilDiv(begin - bytesBefore[i], pieceBytes(i));
                while (true) {
                    long from = piece * pieceElements;
                    if (from >= elements[i]) {
                        if (++i == tensors.length) {
                            i--;
                            break;
                        }
                        piece = 0;
                        from = 0;
                    }
                    if (bytesBefore[i] + piece * pieceBytes(i) >= end) {
                        break;
                    }
                    current.apply(worker, tensors[i], from, (int) Math.min(pieceElements, elements[i] - from));
                    piece++;
                }
            }
        } catch (Throwable e) { // an InternalError of lost memory may come late, but still within this loop
            next.set(batches); // the others need not go on
            throw Objects.requireNonNull(failureHandler).failed(tensors[i], e);
        }
    }

    /** The last tensor that begins at a byte or before it. */
    private int tensorAt(long at) {
        int low = 0;
        int high = tensors.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (bytesBefore[middle] <= at) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private long pieceBytes(int i) {
        return (long) pieceElements * bits[i] / Byte.SIZE;
    }

    private static long ceilDiv(long x, long y) {
        return (x + y - 1) / y;
    }
}
