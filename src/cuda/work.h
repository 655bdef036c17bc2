// What the library hands to its kernels: plain structures, filled in by dev.polyak.internal.cuda, in exactly this
// memory layout (all fields at their natural alignment, little-endian).
#pragma once

#include <stdint.h>

// What the elements of a row are. The integers are averaged in binary32 and truncated; bytes are only ever copied,
// exchanged and filled, and then count as elements.
enum Type : uint8_t { F32, F64, BF16, F16, I8, U8, I16, U16, I32, U32, I64, U64, BYTES };

// What becomes of a tensor: dev.polyak.rule.Treatment.
enum Treatment : uint8_t { AVERAGE, TRUNCATE, COPY, FREEZE, LEAVE };

// The order of floating-point operations: dev.polyak.schedule.UpdateFormula.
enum Order : int32_t { LERP, MUL_ADD, BLEND, STEP_BACK, STEP_BACK_FUSED, TOWARDS, MEAN };

// What a call does: bits of Average.call.
enum Call : uint32_t { ACTS = 1, COPIES = 2, UPDATES = 4 };

constexpr uint32_t MAX_AVERAGES = 8;

// Threads of a block, in every launch: what a constant multiplies costs nothing.
constexpr uint32_t THREADS = 128;

// Elements of a chunk. The device hands out small pieces of work better than blocks that stride over large ones: an
// update of 2^30 elements reached 0.93 of a copy's bandwidth with as many blocks as fit, and 1.00 so (H200, 2026-11).
constexpr uint32_t CHUNK_ELEMENTS = 4096;

// One tensor: addresses of its elements in the first average and in the source, in any alignment of their types.
struct Row {
    uint64_t average;
    uint64_t source;
    uint64_t count;
    uint32_t tensor;
    Type averageType;
    Type sourceType;
    uint16_t unused;
    Treatment treatment[MAX_AVERAGES];
};

// A part of a row: elements from index * CHUNK_ELEMENTS on, at most so many.
struct Chunk {
    uint32_t row;
    uint32_t index;
};

// Tensors cut into chunks of about equal work. Each is a block's.
struct Table {
    const Row* rows;
    const Chunk* chunks;
    uint32_t chunkCount; // and blocks of the launch
};

// One of the averages that share a reading: it lies delta bytes behind the first.
struct Average {
    int64_t delta;
    double weight;
    double decay;
    double divisor;
    Order order;
    uint32_t call;
};

// Does to every row, for each average, what its call does to a tensor of its treatment.
struct Update {
    Table table;
    uint32_t averages;
    uint32_t finiteOnly;          // leave elements of the average where the source's are infinite or no numbers
    uint64_t* left;               // and add their number here
    Average average[MAX_AVERAGES];
};

// Exchanges average and source of every row, in place.
struct Swap {
    Table table;
};

// Sets the elements of rows that one of the averages averages to zero.
struct Zero {
    Table table;
    int64_t delta;
    uint32_t which;
    uint32_t unused;
};

// Divides the elements of rows that are averaged, rounded once.
struct Divide {
    Table table;
    double divisor;
};

// Counts infinities and NaNs in the sources of rows that one of the averages averages.
struct Scan {
    Table table;
    uint64_t* found; // [0]: how many are added here; [1]: set to the number of a tensor that has some
    uint32_t which;
    uint32_t unused;
};
