// The part of a row that a chunk is.
#pragma once

#include "types.h"

struct ChunkView {
    const Row& row;
    uint64_t average; // where its elements begin
    uint64_t source;
    uint32_t count;

    __device__ ChunkView(const Table& table, uint32_t chunk) : row(table.rows[table.chunks[chunk].row]) {
        uint64_t from = static_cast<uint64_t>(table.chunks[chunk].index) * CHUNK_ELEMENTS;
        uint64_t rest = row.count - from;
        average = row.average + from * bytesOf(row.averageType);
        source = row.source + from * bytesOf(row.sourceType);
        count = rest < CHUNK_ELEMENTS ? rest : CHUNK_ELEMENTS;
    }
};
