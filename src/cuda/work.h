// What the library hands to its kernels: plain structures, filled in by dev.polyak.internal.cuda.KernelArguments, in
// exactly this memory layout (all fields at their natural alignment, little-endian). A test compares the numbers in
// this file with those there, so write each assertion and each code in full.
#pragma once

#include <stddef.h>
#include <stdint.h>

// What the elements of a row are. The integers are averaged in binary32 and truncated; bytes are only ever copied,
// exchanged and filled, and then count as elements.
enum Type : uint8_t {
    F32 = 0, F64 = 1, BF16 = 2, F16 = 3, I8 = 4, U8 = 5, I16 = 6, U16 = 7, I32 = 8, U32 = 9, I64 = 10, U64 = 11,
    BYTES = 12,
};

// What becomes of a tensor: dev.polyak.rule.Treatment, with codes of its own.
enum Treatment : uint8_t { AVERAGE = 0, TRUNCATE = 1, COPY = 2, FREEZE = 3, LEAVE = 4 };

// An order of floating-point operations: dev.polyak.schedule.UpdateFormula, with codes of its own.
enum UpdateFormula : int32_t {
    LERP = 0, MUL_ADD = 1, BLEND = 2, STEP_BACK = 3, STEP_BACK_FUSED = 4, TOWARDS = 5, MEAN = 6,
};

// What a call does: bits of Average.call.
enum Call : uint32_t { ACTS = 1, COPIES = 2, UPDATES = 4 };

constexpr uint32_t MAX_AVERAGES = 8;

// Threads of a block, in every launch: what a constant multiplies costs nothing.
constexpr uint32_t THREADS = 128;

// Elements of a chunk. The device hands out small chunks better than blocks that stride over large ones: an
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
static_assert(offsetof(Row, average) == 0);
static_assert(offsetof(Row, source) == 8);
static_assert(offsetof(Row, count) == 16);
static_assert(offsetof(Row, tensor) == 24);
static_assert(offsetof(Row, averageType) == 28);
static_assert(offsetof(Row, sourceType) == 29);
static_assert(offsetof(Row, unused) == 30);
static_assert(offsetof(Row, treatment) == 32);
static_assert(sizeof(Row) == 40);

// A part of a row: elements from index * CHUNK_ELEMENTS on, at most so many.
struct Chunk {
    uint32_t row;
    uint32_t index;
};
static_assert(offsetof(Chunk, row) == 0);
static_assert(offsetof(Chunk, index) == 4);
static_assert(sizeof(Chunk) == 8);

// Tensors cut into chunks of about equal work. Each is a block's.
struct Table {
    const Row* rows;
    const Chunk* chunks;
    uint32_t chunkCount; // and blocks of the launch
};
static_assert(offsetof(Table, rows) == 0);
static_assert(offsetof(Table, chunks) == 8);
static_assert(offsetof(Table, chunkCount) == 16);
static_assert(sizeof(Table) == 24);

// One of the averages that share a reading: it lies delta bytes behind the first.
struct Average {
    int64_t delta;
    double weight;
    double decay;
    double divisor;
    UpdateFormula formula;
    uint32_t call;
};
static_assert(offsetof(Average, delta) == 0);
static_assert(offsetof(Average, weight) == 8);
static_assert(offsetof(Average, decay) == 16);
static_assert(offsetof(Average, divisor) == 24);
static_assert(offsetof(Average, formula) == 32);
static_assert(offsetof(Average, call) == 36);
static_assert(sizeof(Average) == 40);

// Does to every row, for each average, what its call does to a tensor of its treatment.
struct Update {
    Table table;
    uint32_t averages;
    uint32_t finiteOnly;          // leave elements of the average where the source's are infinite or no numbers
    uint64_t* left;               // and add their number here
    Average average[MAX_AVERAGES];
};
static_assert(offsetof(Update, table) == 0);
static_assert(offsetof(Update, averages) == 24);
static_assert(offsetof(Update, finiteOnly) == 28);
static_assert(offsetof(Update, left) == 32);
static_assert(offsetof(Update, average) == 40);
static_assert(sizeof(Update) == 360);

// Exchanges average and source of every row, in place.
struct Swap {
    Table table;
};
static_assert(offsetof(Swap, table) == 0);
static_assert(sizeof(Swap) == 24);

// Sets the elements of rows that one of the averages averages to zero.
struct Zero {
    Table table;
    int64_t delta;
    uint32_t which;
    uint32_t unused;
};
static_assert(offsetof(Zero, table) == 0);
static_assert(offsetof(Zero, delta) == 24);
static_assert(offsetof(Zero, which) == 32);
static_assert(offsetof(Zero, unused) == 36);
static_assert(sizeof(Zero) == 40);

// Divides the elements of rows that are averaged, rounded once.
struct Divide {
    Table table;
    double divisor;
};
static_assert(offsetof(Divide, table) == 0);
static_assert(offsetof(Divide, divisor) == 24);
static_assert(sizeof(Divide) == 32);

// Counts infinities and NaNs in the sources of rows that one of the averages averages.
struct Scan {
    Table table;
    uint64_t* found; // [0]: how many are added here; [1]: set to the number of a tensor that has some
    uint32_t which;
    uint32_t unused;
};
static_assert(offsetof(Scan, table) == 0);
static_assert(offsetof(Scan, found) == 24);
static_assert(offsetof(Scan, which) == 32);
static_assert(offsetof(Scan, unused) == 36);
static_assert(sizeof(Scan) == 40);
