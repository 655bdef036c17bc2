package dev.polyak.internal.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.util.List;

/**
 * What the kernels are handed: the structures and constants of src/cuda/work.h, under its names. There the compiler is
 * told where each field lies; a test holds the two together.
 */
final class KernelArguments {
    static final int MAX_AVERAGES = 8;
    static final int THREADS = 128;
    static final int CHUNK_ELEMENTS = 4096;

    /** Bits of an average's call. */
    static final int ACTS = 1;

    static final int COPIES = 2;
    static final int UPDATES = 4;

    static final StructLayout ROW = struct(
            "Row",
            JAVA_LONG.withName("average"),
            JAVA_LONG.withName("source"),
            JAVA_LONG.withName("count"),
            JAVA_INT.withName("tensor"),
            JAVA_BYTE.withName("averageType"),
            JAVA_BYTE.withName("sourceType"),
            JAVA_SHORT.withName("unused"),
            MemoryLayout.sequenceLayout(MAX_AVERAGES, JAVA_BYTE).withName("treatment"));

    static final StructLayout CHUNK = struct("Chunk", JAVA_INT.withName("row"), JAVA_INT.withName("index"));

    static final StructLayout TABLE = struct(
            "Table",
            JAVA_LONG.withName("rows"),
            JAVA_LONG.withName("chunks"),
            JAVA_INT.withName("chunkCount"),
            MemoryLayout.paddingLayout(Integer.BYTES));

    static final StructLayout AVERAGE = struct(
            "Average",
            JAVA_LONG.withName("delta"),
            JAVA_DOUBLE.withName("weight"),
            JAVA_DOUBLE.withName("decay"),
            JAVA_DOUBLE.withName("divisor"),
            JAVA_INT.withName("formula"),
            JAVA_INT.withName("call"));

    static final StructLayout UPDATE = struct(
            "Update",
            TABLE.withName("table"),
            JAVA_INT.withName("averages"),
            JAVA_INT.withName("finiteOnly"),
            JAVA_LONG.withName("left"),
            MemoryLayout.sequenceLayout(MAX_AVERAGES, AVERAGE).withName("average"));

    static final StructLayout SWAP = struct("Swap", TABLE.withName("table"));

    static final StructLayout ZERO = struct(
            "Zero",
            TABLE.withName("table"),
            JAVA_LONG.withName("delta"),
            JAVA_INT.withName("which"),
            JAVA_INT.withName("unused"));

    static final StructLayout DIVIDE = struct("Divide", TABLE.withName("table"), JAVA_DOUBLE.withName("divisor"));

    static final StructLayout SCAN = struct(
            "Scan",
            TABLE.withName("table"),
            JAVA_LONG.withName("found"),
            JAVA_INT.withName("which"),
            JAVA_INT.withName("unused"));

    /** All of them. */
    static final List<StructLayout> STRUCTURES = List.of(ROW, CHUNK, TABLE, AVERAGE, UPDATE, SWAP, ZERO, DIVIDE, SCAN);

    private KernelArguments() {}

    private static StructLayout struct(String name, MemoryLayout... fields) {
        return MemoryLayout.structLayout(fields).withName(name);
    }

    /** Where a field lies in a structure, in bytes. */
    static long offset(StructLayout structure, String field) {
        return structure.byteOffset(PathElement.groupElement(field));
    }
}
