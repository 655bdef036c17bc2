package dev.polyak.internal.cuda;

import static dev.polyak.internal.cuda.KernelArguments.CHUNK;
import static dev.polyak.internal.cuda.KernelArguments.ROW;
import static dev.polyak.internal.cuda.KernelArguments.TABLE;
import static dev.polyak.internal.cuda.KernelArguments.offset;

import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Pairs of tensors as the kernels see them, in the memory of a device: a row for each pair, cut into chunks, so that
 * one launch goes over a whole store, wherever its tensors are. The memory layout is that of src/cuda/work.h.
 */
public final class TensorTable implements AutoCloseable {
    /** How many averages one launch can update. */
    public static final int MAX_AVERAGES = KernelArguments.MAX_AVERAGES;

    private static final long ROW_BYTES = ROW.byteSize();
    private static final long CHUNK_BYTES = CHUNK.byteSize();

    private static final long ROW_AVERAGE = offset(ROW, "average");
    private static final long ROW_SOURCE = offset(ROW, "source");
    private static final long ROW_COUNT = offset(ROW, "count");
    private static final long ROW_TENSOR = offset(ROW, "tensor");
    private static final long ROW_AVERAGE_TYPE = offset(ROW, "averageType");
    private static final long ROW_SOURCE_TYPE = offset(ROW, "sourceType");
    private static final long ROW_TREATMENT = offset(ROW, "treatment");

    private static final long CHUNK_ROW = offset(CHUNK, "row");
    private static final long CHUNK_INDEX = offset(CHUNK, "index");

    private static final long TABLE_ROWS = offset(TABLE, "rows");
    private static final long TABLE_CHUNKS = offset(TABLE, "chunks");
    private static final long TABLE_CHUNK_COUNT = offset(TABLE, "chunkCount");

    private final CudaMemory memory;
    private final long chunkAt;
    private final MemorySegment row = Arena.ofAuto().allocate(ROW);
    private int chunkCount;

    private TensorTable(CudaMemory memory, long chunkAt, int chunkCount) {
        this.memory = memory;
        this.chunkAt = chunkAt;
        this.chunkCount = chunkCount;
    }

    /**
     * A table of one row, yet to be {@linkplain #set set}.
     *
     * @param elements how many elements it may have at most
     */
    public static TensorTable ofOneRow(int device, int elements) {
        return builder()
                .row(0, 0, elements, 0, ElementType.BYTES, ElementType.BYTES)
                .build(device);
    }

    /** Begins a table without rows. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Changes the row of a table that has one, for what is enqueued on a stream from now on. All that uses the table
     * must be on that stream.
     *
     * @param average address of the elements in the average
     * @param source address of the elements in the source
     * @param count how many
     * @param type type of the average's elements
     * @param sourceType type of the source's
     * @param treatment the code of the average's treatment
     */
    public void set(
            CudaStream stream,
            long average,
            long source,
            int count,
            ElementType type,
            ElementType sourceType,
            byte treatment) {
        write(new Row(average, source, count, 0, type, sourceType, treatment), row);
        stream.copy(memory.address(), row.address(), ROW_BYTES); // such pageable memory is read before this returns
        chunkCount = Builder.chunks(count);
    }

    /** Number of the device. */
    int device() {
        return memory.device();
    }

    /** How many blocks have something to do. */
    int chunkCount() {
        return chunkCount;
    }

    /** Writes the structure {@code Table} to the beginning of a launch's argument. */
    void write(MemorySegment argument) {
        argument.set(ValueLayout.JAVA_LONG, TABLE_ROWS, memory.address());
        argument.set(ValueLayout.JAVA_LONG, TABLE_CHUNKS, memory.address() + chunkAt);
        argument.set(ValueLayout.JAVA_INT, TABLE_CHUNK_COUNT, chunkCount);
    }

    /** Frees the memory. That this fails is only logged: what the table was for is done. */
    @Override
    public void close() {
        try {
            memory.close();
        } catch (CudaException e) {
            System.getLogger("dev.polyak")
                    .log(Level.WARNING, "a table of tensors could not be freed: " + e.getMessage());
        }
    }

    private record Row(
            long average,
            long source,
            long count,
            int tensor,
            ElementType type,
            ElementType sourceType,
            long treatments) {}

    /** Collects rows. Not safe for use by several threads. */
    public static final class Builder {
        private final List<Row> rows = new ArrayList<>();

        private Builder() {}

        /**
         * Adds a pair of tensors of one shape.
         *
         * @param average address of the elements in the (first) average
         * @param source address of the elements in the source
         * @param count how many
         * @param tensor a number by which findings name the pair
         * @param type type of the average's elements
         * @param sourceType type of the source's
         * @param treatments the code of each average's treatment, at most {@link #MAX_AVERAGES}
         */
        public Builder row(
                long average,
                long source,
                long count,
                int tensor,
                ElementType type,
                ElementType sourceType,
                byte... treatments) {
            if (count > 0) {
                long codes = 0; // a byte for each average
                for (int k = 0; k < treatments.length; k++) {
                    codes |= (long) treatments[k] << (k * Byte.SIZE);
                }
                rows.add(new Row(average, source, count, tensor, type, sourceType, codes));
            }
            return this;
        }

        /** Puts the table into a device's memory; returns when it is there. */
        public TensorTable build(int device) {
            long chunks = 0;
            for (Row row : rows) {
                chunks += chunks(row.count);
            }
            long chunkAt = rows.size() * ROW_BYTES;
            long bytes = chunkAt + chunks * CHUNK_BYTES;
            CudaMemory memory = CudaMemory.allocate(device, bytes, "a table of " + rows.size() + " tensors");
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment table = arena.allocate(Math.max(bytes, 1), Long.BYTES);
                long at = chunkAt;
                for (int i = 0; i < rows.size(); i++) {
                    Row row = rows.get(i);
                    write(row, table.asSlice(i * ROW_BYTES, ROW_BYTES));
                    for (int j = 0; j < chunks(row.count); j++) {
                        table.set(ValueLayout.JAVA_INT, at + CHUNK_ROW, i);
                        table.set(ValueLayout.JAVA_INT, at + CHUNK_INDEX, j);
                        at += CHUNK_BYTES;
                    }
                }
                CudaStream stream = CudaStream.wrap(device, 0);
                stream.copy(memory.address(), table.address(), bytes);
                Waits.finish(stream);
                return new TensorTable(memory, chunkAt, Math.toIntExact(chunks));
            } catch (RuntimeException e) {
                memory.close();
                throw e;
            }
        }

        private static int chunks(long count) {
            return Math.toIntExact((count + KernelArguments.CHUNK_ELEMENTS - 1) / KernelArguments.CHUNK_ELEMENTS);
        }
    }

    private static void write(Row row, MemorySegment to) {
        to.set(ValueLayout.JAVA_LONG, ROW_AVERAGE, row.average);
        to.set(ValueLayout.JAVA_LONG, ROW_SOURCE, row.source);
        to.set(ValueLayout.JAVA_LONG, ROW_COUNT, row.count);
        to.set(ValueLayout.JAVA_INT, ROW_TENSOR, row.tensor);
        to.set(ValueLayout.JAVA_BYTE, ROW_AVERAGE_TYPE, row.type.code());
        to.set(ValueLayout.JAVA_BYTE, ROW_SOURCE_TYPE, row.sourceType.code());
        to.set(ValueLayout.JAVA_LONG, ROW_TREATMENT, row.treatments);
    }
}
