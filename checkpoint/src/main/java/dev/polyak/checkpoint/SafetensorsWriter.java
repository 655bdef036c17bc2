package dev.polyak.checkpoint;

import static java.util.Objects.requireNonNull;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.internal.safetensors.AtomicFile;
import dev.polyak.checkpoint.internal.safetensors.WritePlan;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Writes a safetensors file, tensor by tensor and piece by piece, in any order.
 *
 * <p>The file is written beside its place, and put there by {@link #commit()} when every byte of every tensor has been
 * written and brought to disk. Until then, and if anything fails, what was in its place stays as it was.
 *
 * <pre>{@code
 * try (var writer = SafetensorsWriter.create(out, store.layout(), Map.of())) {
 *     writer.write(store);
 *     writer.commit();
 * }
 * }</pre>
 *
 * <p>Tensors are ordered as the reference implementation orders them, the data begin at a multiple of 64 bytes, and so
 * every tensor is aligned to its elements. A tied tensor is written under each of its names.
 *
 * <p>Several threads may {@code write} different bytes at once. The other methods are for one thread, after or before
 * all writes. Interrupting a thread that writes makes the whole file fail.
 */
public final class SafetensorsWriter implements AutoCloseable {
    /** Bytes written at once: what is on the heap is copied to native memory first, which the JDK keeps. */
    private static final long LARGEST_WRITE = 1 << 24;

    private final Path path;
    private final ParameterLayout layout;
    private final WritePlan plan;
    private final AtomicFile file;
    private final AtomicLongArray missing;
    private final int[] nextName; // for each tensor the next one tied to it, or −1

    private SafetensorsWriter(Path path, ParameterLayout layout, WritePlan plan, AtomicFile file) {
        this.path = path;
        this.layout = layout;
        this.plan = plan;
        this.file = file;
        this.missing = new AtomicLongArray(
                layout.tensors().stream().mapToLong(TensorSpec::bytes).toArray());
        this.nextName = nextNames(layout);
    }

    /**
     * Begins a file.
     *
     * @param path its place; a file that is there is replaced at {@link #commit()}
     * @param layout its tensors; their roles are not written, but see {@link Checkpoint#metadataFor}
     * @param metadata strings to add, in the map's order; none if empty
     * @return the writer
     * @throws CheckpointException if there is no such folder, nothing can be written there, or the format cannot
     *     express a name
     */
    public static SafetensorsWriter create(Path path, ParameterLayout layout, Map<String, String> metadata)
            throws CheckpointException {
        requireNonNull(path, "path");
        requireNonNull(layout, "layout");
        requireNonNull(metadata, "metadata");
        return create(path, layout, metadata, AtomicFile.ON_DISK);
    }

    static SafetensorsWriter create(
            Path path, ParameterLayout layout, Map<String, String> metadata, AtomicFile.Opener opener)
            throws CheckpointException {
        WritePlan plan = WritePlan.of(path, layout, metadata);
        AtomicFile file = new AtomicFile(path, opener);
        try {
            file.write(plan.header(), 0);
            return new SafetensorsWriter(path, layout, plan, file);
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    /**
     * Writes a piece of a tensor.
     *
     * @param tensor the tensor's index in the layout; of tied tensors the one that {@linkplain ParameterLayout#ownerOf
     *     owns} the memory
     * @param offset where in the tensor the piece begins, in bytes
     * @param piece the bytes; native memory, or a {@code byte[]}
     * @throws CheckpointException if the piece could not be written: there is no space left, for instance
     * @throws IndexOutOfBoundsException if there is no such tensor, or the piece does not fit in it
     * @throws IllegalArgumentException if the tensor is tied to another, with which it is written
     */
    public void write(int tensor, long offset, MemorySegment piece) throws CheckpointException {
        requireNonNull(piece, "piece");
        TensorSpec spec = layout.tensor(tensor);
        if (layout.ownerOf(tensor) != tensor) {
            throw new IllegalArgumentException("'" + spec.name() + "' is tied to '"
                    + layout.tensor(layout.ownerOf(tensor)).name() + "', with which it is written");
        }
        Objects.checkFromIndexSize(offset, piece.byteSize(), spec.bytes());
        for (int name = tensor; name >= 0; name = nextName[name]) {
            writeAt(plan.begin(name) + offset, piece);
            missing.addAndGet(name, -piece.byteSize());
        }
    }

    /**
     * Writes all tensors of a store. From a GPU they come in pieces.
     *
     * @param store a store of this file's layout
     * @throws CheckpointException if a tensor could not be written
     * @throws dev.polyak.error.MemoryLostException if the store's memory is in a file that has been truncated
     * @throws IllegalArgumentException if the store's layout is another
     */
    public void write(ParameterStore store) throws CheckpointException {
        requireNonNull(store, "store");
        if (!store.layout().equals(layout)) {
            throw new IllegalArgumentException("the store has " + store.layout() + ", the file " + layout);
        }
        write(store, 0);
    }

    /** Writes all tensors of a store of which this file has the like, from that number on. */
    void write(ParameterStore store, int first) throws CheckpointException {
        try {
            for (int i = 0; i < store.layout().size(); i++) {
                if (store.layout().ownerOf(i) == i) {
                    write(first + i, store, i);
                }
            }
        } catch (CheckpointException e) {
            store.requirePresent(); // to the system a page that is gone is a bad address: the input's fault, not the
            // file's
            throw e;
        }
    }

    private void write(int tensor, ParameterStore store, int stored) throws CheckpointException {
        if (store instanceof HostStore host) {
            write(tensor, 0, host.segment(stored));
            return;
        }
        long bytes = layout.tensor(tensor).bytes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(Math.min(bytes, LARGEST_WRITE));
            for (long done = 0; done < bytes; done += LARGEST_WRITE) {
                MemorySegment piece = buffer.asSlice(0, Math.min(LARGEST_WRITE, bytes - done));
                store.read(stored, done, piece);
                write(tensor, done, piece);
            }
        }
    }

    /**
     * Completes the file: brings it to disk and puts it in its place.
     *
     * @throws CheckpointException if that fails; what was in its place is unchanged
     * @throws IllegalStateException if the bytes that were written are not as many as the tensors have
     */
    public void commit() throws CheckpointException {
        for (int i = 0; i < layout.size(); i++) {
            if (missing.get(i) != 0) {
                long bytes = layout.tensor(i).bytes();
                throw new IllegalStateException("tensor '" + layout.tensor(i).name() + "' in " + path + " has " + bytes
                        + " bytes, and " + (bytes - missing.get(i)) + " were written");
            }
        }
        file.commit();
    }

    /** Closes the file, and deletes it if it was not committed. A second call does nothing. */
    @Override
    public void close() {
        file.close();
    }

    private static int[] nextNames(ParameterLayout layout) {
        int[] next = new int[layout.size()];
        int[] last = new int[layout.size()];
        Arrays.fill(next, -1);
        for (int i = 0; i < next.length; i++) {
            int owner = layout.ownerOf(i);
            if (owner != i) {
                next[last[owner]] = i;
            }
            last[owner] = i;
        }
        return next;
    }

    private void writeAt(long position, MemorySegment piece) throws CheckpointException {
        for (long done = 0; done < piece.byteSize(); done += LARGEST_WRITE) {
            long length = Math.min(LARGEST_WRITE, piece.byteSize() - done);
            file.write(piece.asSlice(done, length).asByteBuffer(), position + done);
        }
    }
}
