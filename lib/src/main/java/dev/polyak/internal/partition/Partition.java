package dev.polyak.internal.partition;

import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a layout cut into tiles that fit a cache, in batches that are worth a thread's while. Tied tensors
 * come once. What is kept does not grow with the tensors' sizes, and going through the tiles allocates nothing.
 *
 * <p>A thread takes many neighbouring batches at once, fewer and fewer towards the end: memory is read ahead, and what
 * was read ahead of the place where one thread stops and another goes on is lost.
 */
public final class Partition {
    /** Elements of a tile: 256 KB of binary32, a quarter of a usual L2 cache. */
    public static final int ELEMENTS = 1 << 16;
    /** The least that a thread takes at once: some microseconds' work. */
    private static final long BATCH_BYTES = 256 << 10;
    /** Below this many bytes, to wake a helper costs more, 5 to 50 microseconds, than it helps. */
    private static final long ALONE_BYTES = 4 << 20;
    /** The least for each of several threads, in which a woken one still finds something to do. */
    private static final long THREAD_BYTES = 512 << 10;

    /** What is done with a tile. */
    public interface Action {
        /**
         * Handles elements {@code from} to {@code from + count} of a tensor.
         *
         * @param worker number of the thread, below the number of threads
         * @throws Exception which ends the whole; nothing says which other tiles were handled
         */
        void apply(int worker, int tensor, long from, int count) throws Exception;
    }

    /** Names the tensor at which an action failed. */
    public interface FailureHandler {
        RuntimeException failed(int tensor, Throwable cause);
    }

    /** The tensors that are cut: owners of their memory, with elements. */
    private final int[] tensors;

    private final long[] elements;
    private final int[] bits;
    /** Bytes of all tensors before each, and of all. */
    private final long[] bytesBefore;

    private final int batches;
    private final int mostThreads;
    private final int tileElements;
    private final AtomicInteger next = new AtomicInteger();
    private final WorkerThreads.Task task = this::work;
    private @Nullable Action action;
    private @Nullable FailureHandler failureHandler;
    private int takers;

    /** Cuts every tensor that has elements and is the owner of its memory. */
    public Partition(ParameterLayout layout) {
        this(layout, ELEMENTS);
    }

    /** Cuts into tiles of at most a number of elements. */
    public Partition(ParameterLayout layout, int tileElements) {
        this.tileElements = tileElements;
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
        batches = Math.toIntExact(ceilDiv(bytesBefore[tensors.length], BATCH_BYTES));
        long bytes = bytesBefore[tensors.length];
        mostThreads = bytes < ALONE_BYTES ? 1 : Math.toIntExact(Math.min(bytes / THREAD_BYTES, Integer.MAX_VALUE));
    }

    /**
     * Applies an action to every tile.
     *
     * @param threads how many threads may take part
     * @throws RuntimeException what the handler makes of the first failure
     */
    public void forEach(Action what, FailureHandler handler, int threads) {
        action = what;
        failureHandler = handler;
        takers = Math.min(threads, mostThreads);
        next.set(0);
        WorkerThreads.shared().run(task, takers);
    }

    private void work(int worker) {
        Action current = Objects.requireNonNull(action);
        int tensor = 0;
        try {
            for (int batch = next.get(); batch < batches; batch = next.get()) {
                int after = batch + Math.max(1, (batches - batch) / (2 * takers));
                if (next.compareAndSet(batch, after)) {
                    // A tile belongs to the batch in which its first byte lies.
                    long begin = batch * BATCH_BYTES;
                    long end = after * BATCH_BYTES;
                    for (int i = tensorAt(begin); i < tensors.length && bytesBefore[i] < end; i++) {
                        tensor = tensors[i];
                        long from = Math.max(0, tilesBefore(begin, i) * tileElements);
                        long to = Math.min(elements[i], tilesBefore(end, i) * tileElements);
                        for (; from < to; from += tileElements) {
                            current.apply(worker, tensor, from, (int) Math.min(tileElements, to - from));
                        }
                    }
                }
            }
        } catch (Throwable e) { // an InternalError of lost memory may come late, but still within this loop
            next.set(batches); // the others need not go on
            throw Objects.requireNonNull(failureHandler).failed(tensor, e);
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

    /** How many tiles of a tensor begin before a byte; not above 0 if the tensor does not. */
    private long tilesBefore(long at, int i) {
        return ceilDiv(at - bytesBefore[i], (long) tileElements * bits[i] / Byte.SIZE);
    }

    private static long ceilDiv(long x, long y) {
        return (x + y - 1) / y;
    }
}
